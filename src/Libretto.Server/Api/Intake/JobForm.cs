using System.Text.Json;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// The form of <c>/api/jobs</c>: the options as JSON, each also as a field of its own, which counts before the JSON; and the words.
/// </summary>
internal sealed class JobForm : IUploadForm
{
    private static readonly Dictionary<string, Func<JobOptions, string, JobOptions>> s_options = new(StringComparer.Ordinal)
    {
        ["language"] = (options, text) => options with { Language = text },
        ["engine"] = (options, text) => options with { Engine = text },
        ["model"] = (options, text) => options with { Model = text },
        ["quality"] = (options, text) => options with { Quality = text },
        ["separate"] = (options, text) => options with { Separate = text },
        ["stems"] = (options, text) => options with { Stems = FormValue.Flag("stems", text) },
        ["formats"] = (options, text) => options with { Formats = [.. options.Formats ?? [], .. FormValue.List("formats", text)] },
        ["title"] = (options, text) => options with { Title = text },
        ["artist"] = (options, text) => options with { Artist = text },
        ["translate"] = (options, text) => options with { Translate = FormValue.Flag("translate", text) },
        ["check_lyrics"] = (options, text) => options with { CheckLyrics = FormValue.Flag("check_lyrics", text) },
        ["romanize"] = (options, text) => options with { Romanize = FormValue.Flag("romanize", text) },
        ["prompt"] = (options, text) => options with { Prompt = text },
        ["beam"] = (options, text) => options with { Beam = FormValue.Whole("beam", text, 1, 10) },
        ["gpu"] = (options, text) => options with { Gpu = FormValue.Flag("gpu", text) },
        ["priority"] = (options, text) => options with { Priority = FormValue.Whole("priority", text, -10, 10) },
        ["webhook"] = (options, text) => options with { Webhook = text },
        ["fresh"] = (options, text) => options with { Fresh = FormValue.Flag("fresh", text) },
    };

    private readonly List<(string Name, string Text)> _fields = [];
    private JobOptions _json = new();

    /// <summary>What was asked for.</summary>
    public JobOptions Options => _fields.Aggregate(_json, (options, given) => s_options[given.Name](options, given.Text)).WithoutBlanks();

    public bool Knows(string name) => name is "options" or "lyrics" || s_options.ContainsKey(name);

    public void Take(Upload upload, UploadField field)
    {
        var text = FormValue.Text(field.Text);
        if (field.Name == "lyrics")
        {
            // Empty ones are refused: whoever sends lyrics means them.
            upload.Lyrics = GivenLyrics.Of(field.Bytes.ToArray(), field.FileName);
        }
        else if (text is null)
        {
            // As if absent.
        }
        else if (field.Name == "options")
        {
            _json = Read(field.Text);
        }
        else
        {
            _fields.Add((field.Name, text));
        }
    }

    public void Miss(string name) => throw ApiProblem.UnknownField(name);

    private static JobOptions Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ApiJson.Readable.JobOptions) ?? new JobOptions();
        }
        catch (JsonException e)
        {
            throw ApiProblem.BadJson("The part options", e);
        }
    }
}
