using System.CommandLine;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using Libretto.Output;
using Libretto.Pipeline.Romanizing;
using Libretto.Tools;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto convert IN OUT</c>: lyrics from one format to another.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var input = new Argument<string>(
            "IN") { Description = "Lyrics in any format and encoding, or - for standard input; what stands in them tells which." };
        var output = new Argument<string>("OUT") { Description = "The file to write; the name's end tells its format." };
        var force = new Option<bool>("--force") { Description = "Replace a file that Libretto did not write." };
        var command = new Command("convert", "Convert lyrics from one format to another.") { input, output, force };
        var romanize = RomanizeOption.Create();
        command.Add(romanize);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), parsed.GetValue(force), parsed.GetValue(romanize),
                cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string input, string output, bool force, bool romanize, CancellationToken cancellationToken)
    {
        var to = LyricsFormats.ForFile(output);
        var files = new ResultFiles(WrittenFiles.OfUser(), force);
        var reading = await LyricsFile.ReadAsync(input, cancellationToken);
        files.Check(input, [output]);
        var notices = new LyricsNotices();
        var document = reading.Document;
        if (romanize)
            document = await new Romanizer(new ToolRunner()).RunAsync(document, notice => notices.Add(notice), cancellationToken);
        files.Write([(output, to.Write(document, notices))]);
        foreach (var notice in reading.Notices)
            ErrorReport.Say($"{LyricsFile.NameOf(input)}: {notice}");
        foreach (var notice in notices.Messages)
            ErrorReport.Say($"{output}: {notice}");
        return ExitCodes.Done;
    }
}
