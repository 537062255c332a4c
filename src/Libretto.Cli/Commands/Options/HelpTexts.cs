using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Libretto.Cli.Commands.Options;

/// <summary>Adds examples and exit codes to the help.</summary>
internal static class HelpTexts
{
    private static readonly Dictionary<string, string> s_examples = new()
    {
        ["libretto"] =
            """
              libretto song.mp3                    writes song.json and song.lrc beside the song
              libretto song.mp3 --stdout txt       prints the words
              libretto https://youtu.be/ID         the same for a link, named after the song
              libretto convert song.json song.srt  writes another format
              libretto doctor                      says what is missing and how to mend it
            """,
        ["transcribe"] =
            """
              libretto transcribe song.mp3
              libretto transcribe *.flac --out lyrics --format json,elrc,ass
              libretto transcribe https://www.youtube.com/watch?v=ID --cookies cookies.txt
              libretto transcribe cancion.ogg --language es
              libretto transcribe song.mp3 --stdout json --progress none | jq .lines
            """,
        ["align"] =
            """
              libretto align song.mp3 --lyrics song.txt
              libretto align cancion.mp3 --lyrics cancion.lrc --language es --format ass
              libretto align https://youtu.be/ID --lyrics song.txt
            """,
        ["separate"] =
            """
              libretto separate song.mp3                  writes song.vocals.flac and song.instrumental.flac
              libretto separate *.flac --out karaoke --stem-format opus
              libretto separate https://youtu.be/ID
            """,
        ["karaoke"] =
            """
              libretto karaoke song.mp3                       writes song.html and song.mp4 beside the song
              libretto karaoke song.json --as cdg,ultrastar   the words as corrected, and the song beside them
              libretto karaoke *.flac --out party --audio guide --resolution 1080 --background stage.jpg
              libretto karaoke https://youtu.be/ID --as mp4
            """,
        ["library"] =
            """
              libretto library ~/Music --dry-run                 says what would be done, and about how long it takes
              libretto library ~/Music --lyrics lookup           LRC, enhanced LRC and TTML beside every song that lacks word times
              libretto library ~/Music --write none --tags synced --report report.html
              libretto library party.m3u8 --jobs 2
            """,
        ["convert"] =
            """
              libretto convert song.json song.srt
              libretto convert song.lrc song.ttml
            """,
        ["models"] =
            """
              libretto models list
              libretto models pull whisper-base
              libretto models remove whisper-base
            """,
        ["cache"] =
            """
              libretto cache stats
              libretto cache prune --older-than 30 --larger-than 5
              libretto cache verify --remove
            """,
        ["serve"] =
            """
              libretto serve                                           then: curl -F file=@song.mp3 http://127.0.0.1:5400/api/jobs
              libretto serve --database postgres://libretto@db/libretto --role worker
            """,
        ["jobs"] =
            """
              libretto jobs submit song.mp3 https://youtu.be/ID --watch
              libretto jobs fetch ID --format lrc --out song.lrc
            """,
        ["keys"] =
            """
              libretto keys create --name ci
              libretto keys revoke ci
            """,
        ["pull"] =
            """
              libretto models pull whisper-base
              libretto models pull whisper-base --from /media/usb/whisper-base
            """,
    };

    public static void Attach(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new WithExamples((HelpAction)help.Action!);
    }

    private sealed class WithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            usual.MaxWidth = 110;
            usual.Invoke(parseResult);
            var command = parseResult.CommandResult.Command;
            var output = parseResult.InvocationConfiguration.Output;
            if (s_examples.TryGetValue(command is RootCommand ? "libretto" : command.Name, out var examples))
                output.WriteLine($"Examples:{Environment.NewLine}{examples}{Environment.NewLine}");
            if (command is RootCommand || command.Name is TranscribeCommand.Name or TranscribeCommand.AlignName or SeparateCommand.Name)
                output.WriteLine($"Exit codes:{Environment.NewLine}{ExitCodes.Help}{Environment.NewLine}");
            return ExitCodes.Done;
        }
    }
}
