using System.CommandLine;
using Libretto.Pipeline;

namespace Libretto.Cli.Commands;

/// <summary>What one song, rather than a user, asks of recognition: options, but no settings.</summary>
internal sealed class RecognitionOptions
{
    private const string Transcribe = "transcribe";
    private const string Translate = "translate";

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

    public RecognitionOptions(Command command)
    {
        _task.Validators.Add(result =>
        {
            if (result.GetValue(_task) is not (Transcribe or Translate) and var task)
                result.AddError($"'{task}' is no value for --task: choose transcribe or translate.");
        });
        command.Add(_task);
        command.Add(_prompt);
    }

    /// <summary>The request with what the command line asks for.</summary>
    public SongRequest Apply(SongRequest request, ParseResult parsed) => request with
    {
        Translate = parsed.GetValue(_task) == Translate,
        Prompt = parsed.GetValue(_prompt),
    };
}
