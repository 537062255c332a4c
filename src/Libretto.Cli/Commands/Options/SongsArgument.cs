using System.CommandLine;

namespace Libretto.Cli.Commands.Options;

/// <summary>The songs of a command: files, links, or both.</summary>
internal static class SongsArgument
{
    public static Argument<string[]> Create()
    {
        var songs = new Argument<string[]>("FILE-OR-LINK")
        {
            Description = "Songs: any audio or video file that ffmpeg reads, links to them, lists of them (.m3u, .m3u8, .pls), or - for " +
                "standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        songs.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError("A song's name is empty.");
        });
        return songs;
    }
}
