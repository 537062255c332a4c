using System.CommandLine;
using System.Text;
using Libretto.Cli.Results;
using Libretto.Lyrics;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto convert IN OUT</c>: lyrics from one format to another.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN") { Description = "Lyrics in any format but ASS; the name's end tells which." };
        var output = new Argument<string>("OUT") { Description = "The file to write; the name's end tells its format." };
        var force = new Option<bool>("--force") { Description = "Replace a file that Libretto did not write." };
        var command = new Command("convert", "Convert lyrics from one format to another.") { input, output, force };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), parsed.GetValue(force), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string input, string output, bool force, CancellationToken cancellationToken)
    {
        var (from, to) = (LyricsFormats.ForFile(input), LyricsFormats.ForFile(output));
        var files = new ResultFiles(WrittenFiles.OfUser(), force);
        var text = await ReadAsync(input, cancellationToken);
        files.Check(input, [output]);
        files.Write([(output, to.Write(Parse(from, text, input)))]);
        return ExitCodes.Done;
    }

    private static LyricsDocument Parse(ILyricsFormat format, string text, string input)
    {
        try
        {
            return format.Read(text);
        }
        catch (LyricsFormatException e)
        {
            throw new LyricsFormatException(e.Code, $"{input}: {e.Message}", e.Line, e);
        }
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw InputException.IsFolder(path);
        try
        {
            return await File.ReadAllTextAsync(path, Encoding.UTF8, cancellationToken) is { Length: > 0 } text ? text : throw InputException.Empty(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw InputException.Missing(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputException.Unreadable(path, e);
        }
    }
}
