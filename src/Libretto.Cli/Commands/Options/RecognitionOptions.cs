using System.CommandLine.Parsing;
using System.CommandLine;
using Libretto.Cli.Songs;
using Libretto.Library;
using Libretto.Pipeline;

namespace Libretto.Cli.Commands.Options;

/// <summary>What one song, rather than a user, asks of recognition: options, but no settings.</summary>
internal sealed class RecognitionOptions
{
    private const string Transcribe = "transcribe";
    private const string Translate = "translate";
    private const string Online = "auto";

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

    private readonly Option<int?> _beam = new("--beam")
    {
        Description = "Beams of Whisper's search, 1 to 10: more are slower, now and then better.",
        HelpName = "N",
    };

    private readonly Option<string> _lyrics = new("--lyrics")
    {
        Description = "The words, where you have them: a txt, lrc, elrc, srt or json file. They are kept and only timed (needs a Whisper " +
            "model); lines that have times keep them, if they fit. Or whose words are used: sidecar (those beside the song or in its " +
            "tags), auto (those of lrclib.net, by title and artist), lookup (sidecar, else auto) or off. For a file of such a name: ./off",
        HelpName = "FILE",
    };

    private readonly Option<bool> _romanize = RomanizeOption.Create();

    public RecognitionOptions(Command command, bool lyricsNeeded = false)
    {
        _lyrics.Required = lyricsNeeded;
        if (lyricsNeeded)
            _lyrics.Validators.Add(result =>
            {
                if (Use(result.GetValue(_lyrics)) == LyricsUse.Off)
                    result.AddError("'align' times words that there are: name their file with --lyrics, or say sidecar, auto or lookup.");
            });
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
    public string? LyricsFile(ParseResult parsed) => FileOf(parsed.GetValue(_lyrics));

    /// <summary>Whether one is named.</summary>
    public bool NamesLyricsFile(CommandResult result) => FileOf(result.GetValue(_lyrics)) is not null;

    /// <summary>Whether words that lie with a song are used.</summary>
    public bool UsesLyricsBeside(ParseResult parsed) => Use(parsed.GetValue(_lyrics)) is LyricsUse.Sidecar or LyricsUse.LookUp;

    /// <summary>Whether the words come through standard input.</summary>
    public bool ReadsStandardInput(CommandResult result) => result.GetValue(_lyrics) == StandardInput.Word;

    /// <summary>The request with what the command line asks for.</summary>
    public SongRequest Apply(SongRequest request, ParseResult parsed) => request with
    {
        Translate = parsed.GetValue(_task) == Translate,
        Prompt = parsed.GetValue(_prompt),
        BeamSize = parsed.GetValue(_beam),
        FindLyrics = parsed.GetValue(_lyrics) == Online || Use(parsed.GetValue(_lyrics)) == LyricsUse.LookUp,
        Romanize = parsed.GetValue(_romanize),
    };

    private static string? FileOf(string? lyrics) => lyrics == Online || Use(lyrics) is not null ? null : lyrics;

    private static LyricsUse? Use(string? lyrics) => lyrics switch
    {
        "off" => LyricsUse.Off,
        "sidecar" => LyricsUse.Sidecar,
        "lookup" => LyricsUse.LookUp,
        _ => null,
    };
}
