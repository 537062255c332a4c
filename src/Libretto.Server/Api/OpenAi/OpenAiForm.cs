using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;

namespace Libretto.Server.Api.OpenAi;

/// <summary>The form of <c>/v1/audio/*</c>. What OpenAI does not know either is ignored, and said.</summary>
internal sealed class OpenAiForm : IUploadForm
{
    private const int LongestPrompt = 500;
    private const int MostIgnored = 20;

    private static readonly string[] s_formats = ["json", "text", "srt", "verbose_json", "vtt"];

    private readonly List<string> _granularities = [];
    private readonly List<string> _ignored = [];
    private string? _model;
    private string? _language;
    private string? _prompt;
    private bool _stream;

    public string ResponseFormat { get; private set; } = "json";

    public bool WantsWords => _granularities.Contains("word");

    public bool WantsSegments => _granularities.Count == 0 || _granularities.Contains("segment");

    /// <summary>Whether the answer comes in events; whisper-1 never streams, as OpenAI has it.</summary>
    public bool Streams => _stream && !string.Equals(_model, OpenAiModelNames.Whisper, StringComparison.OrdinalIgnoreCase);

    /// <summary>What was sent and changes nothing.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    public bool Knows(string name) => name is "model" or "language" or "prompt" or "response_format" or "timestamp_granularities" or
        "temperature"
        or "stream" or "include" or "chunking_strategy";

    public void Take(Upload upload, UploadField field)
    {
        var (name, text) = (field.Name, FormValue.Text(field.Text));
        switch (name)
        {
            case "model":
                _model = text ?? _model;
                break;
            case "language":
                _language = text ?? _language;
                break;
            case "prompt":
                TakePrompt(text);
                break;
            case "response_format":
                ResponseFormat = FormValue.OneOf(name, text, s_formats) ?? ResponseFormat;
                break;
            case "timestamp_granularities":
                _granularities.AddRange(FormValue.List(name, text).Select(item => FormValue.OneOf(name, item, "word", "segment")!));
                break;
            case "temperature":
                // Our engines choose their own; the range is OpenAI's.
                if (FormValue.Number(name, text, 0, 1) > 0)
                    Miss(name);
                break;
            case "stream":
                _stream = FormValue.Flag(name, text) ?? _stream;
                break;
            case "chunking_strategy":
                // A song is always cut at its pauses.
                break;
            default:
                if (text is not null)
                    Miss(name);
                break;
        }
    }

    public void Miss(string name)
    {
        var clean = string.Concat(name.Take(50).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '[' or ']'
            ? c : '?'));
        if (!_ignored.Contains(clean) && _ignored.Count < MostIgnored)
            _ignored.Add(clean);
    }

    /// <summary>What is asked for in our own terms.</summary>
    /// <exception cref="ApiProblem">The model is not to be had, or the format cannot be streamed.</exception>
    public JobOptions ToOptions(OpenAiModelNames models, bool translate)
    {
        if (Streams && !translate && ResponseFormat is not ("json" or "text"))
            throw ApiProblem.BadOption("response_format", "with stream=true choose json or text");
        return new JobOptions { Model = models.Find(_model), Language = _language, Prompt = _prompt, Translate = translate ? true : null };
    }

    /// <summary>Of a long prompt the end counts, as with OpenAI's.</summary>
    private void TakePrompt(string? text)
    {
        if (text?.Length > LongestPrompt)
            Miss("the_beginning_of_prompt");
        _prompt = text is null ? _prompt : text[Math.Max(0, text.Length - LongestPrompt)..];
    }
}
