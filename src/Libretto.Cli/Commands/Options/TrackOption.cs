using System.CommandLine;

namespace Libretto.Cli.Commands.Options;

/// <summary>The option to choose among a file's audio tracks.</summary>
internal static class TrackOption
{
    public static Option<int?> Create()
    {
        var track = new Option<int?>("--track")
        {
            Description = "Which audio track of the file, from 1; the one that players take unless given.",
            HelpName = "N",
        };
        track.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValue(track) is < 1)
                result.AddError("--track takes a number from 1, the first audio track of the file.");
        });
        return track;
    }
}
