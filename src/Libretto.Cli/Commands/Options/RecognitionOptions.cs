using System.CommandLine.Parsing;
using System.CommandLine;
using Libretto.Cli.Songs;
using Libretto.Pipeline;

namespace Libretto.Cli.Commands.Options;

/// <summary>What one song, rather than a user, asks of recognition: options, but no settings.</summary>
internal sealed class RecognitionOptions
{
    private const string Transcribe = "transcribe";
    private const string Translate = "translate";
    private const string LookUp = "auto";

    private readonly Option<string> _task = new("--task")
    {
        Description = "transcribe, or translate: the words in English whatever is sung (Whisper only).",
        HelpName = "TASK",
        DefaultValueFactory = _ => Transcribe,
    };

    private readonly Option<string> _prompt = new("--prompt")
    {
        Description = "Names and spellings the song may hold (Whisper only).",
        HelpName = "TEXT",
    };

    private readonly Option<int> _beam = new("--beam")
    {
        Description = "Beams of Whisper's search, 1 to 10: slower, a little better.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string> _lyrics = new("--lyrics")
    {
        Description = "The words, where you have them: a txt, lrc, elrc, srt or json file. They are kept and only timed (needs a Whisper " +
            "model). "
            + "'auto' looks title and artist up at lrclib.net.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _romanize = RomanizeOption.Create();

    public RecognitionOptions(Command command, bool lyricsNeeded = false)
    {
        _lyrics.Required = lyricsNeeded;
        _beam.Validators.Add(result =>
        {
            if (result.GetValue(_beam) is < 1 or > 10)
                result.AddError("--beam takes a number from 1 to 10.");
        });
        _task.Validators.Add(result =>
        {
            if (result.GetValue(_task) is not (Transcribe or Translate) and var task)
                result.AddError($"'{task}' is no value for --task: choose transcribe or translate.");
        });
        command.Add(_task);
        command.Add(_prompt);
        command.Add(_beam);
        command.Add(_lyrics);
        command.Add(_romanize);
    }

    /// <summary>The file with the words, if one was named.</summary>
    public string? LyricsFile(ParseResult parsed) => parsed.GetValue(_lyrics) is var file and not LookUp ? file : null;

    /// <summary>Whether one is named.</summary>
    public bool NamesLyricsFile(CommandResult result) => result.GetValue(_lyrics) is not (null or LookUp);

    /// <summary>Whether the words come through standard input.</summary>
    public bool ReadsStandardInput(CommandResult result) => result.GetValue(_lyrics) == StandardInput.Word;

    /// <summary>The request with what the command line asks for.</summary>
    public SongRequest Apply(SongRequest request, ParseResult parsed) => request with
    {
        Translate = parsed.GetValue(_task) == Translate,
        Prompt = parsed.GetValue(_prompt),
        BeamSize = parsed.GetValue(_beam),
        FindLyrics = parsed.GetValue(_lyrics) == LookUp,
        Romanize = parsed.GetValue(_romanize),
    };
}
