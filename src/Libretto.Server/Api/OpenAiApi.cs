using System.Globalization;
using System.Text.Json.Serialization;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary>
/// <c>/v1</c>: OpenAI's transcription endpoints, so that their clients work unchanged. Each request is a job like any other; the
/// answer waits for its end, and a client that goes away cancels it.
/// </summary>
internal static class OpenAiApi
{
    /// <summary>OpenAI's own names, which mean: the best this server has.</summary>
    private static readonly string[] s_aliases = ["whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "libretto"];

    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/audio/transcriptions", (HttpContext context, Caller caller, OpenAiTranscriber transcriber, CancellationToken ct) =>
                transcriber.AnswerAsync(context, caller, translate: false, ct))
            .WithName("CreateTranscription").WithSummary("Transcribe, as OpenAI does")
            .WithDescription("multipart/form-data with file, model, and optionally language, prompt, response_format (json, text, srt, vtt, verbose_json), timestamp_granularities[].")
            .Accepts<OpenAiUpload>("multipart/form-data").Produces<OpenAiText>(200);
        v1.MapPost("/audio/translations", (HttpContext context, Caller caller, OpenAiTranscriber transcriber, CancellationToken ct) =>
                transcriber.AnswerAsync(context, caller, translate: true, ct))
            .WithName("CreateTranslation").WithSummary("Transcribe into English, as OpenAI does")
            .Accepts<OpenAiUpload>("multipart/form-data").Produces<OpenAiText>(200);
        v1.MapGet("/models", (ModelStore models) => TypedResults.Ok(new OpenAiModels("list", [.. ModelNames(models).Select(OpenAiModel.Of)])))
            .WithName("ListModels").WithSummary("The models, as OpenAI lists them");
        v1.MapGet("/models/{model}", Results<Ok<OpenAiModel>, NotFound> (string model, ModelStore models) => ModelNames(models).Contains(model)
                ? TypedResults.Ok(OpenAiModel.Of(model))
                : TypedResults.NotFound())
            .WithName("GetModel").WithSummary("One model, as OpenAI shows it");
    }

    /// <summary>The model asked for in our own terms: null for OpenAI's names, which leave the choice to us.</summary>
    public static string? ModelOf(string name) => s_aliases.Contains(name) ? null : name;

    private static IEnumerable<string> ModelNames(ModelStore models) =>
        s_aliases.Concat(models.List().Select(model => model.Name).Where(name => ModelCatalogue.Find(name)?.Kind is ModelKind.Moonshine or ModelKind.Whisper));
}

/// <summary>Answers one transcription request.</summary>
internal sealed class OpenAiTranscriber(Admission admission, UploadReader uploads, JobIntake intake, JobStore jobs, JobChanges changes, IContentStore store)
{
    // Changes are told; looking anyway costs little.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    public async Task<IResult> AnswerAsync(HttpContext context, Caller caller, bool translate, CancellationToken ct)
    {
        await admission.CheckAsync(caller, ct);
        var wish = new OpenAiWish();
        using var upload = await uploads.ReadAsync(context.Request, (_, field) => wish.Take(field.Name, field.Text), ct);
        upload.Options = wish.ToOptions(translate);
        var job = await intake.TakeAsync(upload, caller, idempotencyKey: null, ct);
        upload.Dispose();
        job = await FinishAsync(job, ct);
        if (job.Status == JobStatus.Completed)
            return Format(await LyricsApi.ReadAsync(job.DocumentKey!, store, ct), wish, translate);
        throw job.Status == JobStatus.Cancelled
            ? new ApiProblem(409, "job_cancelled", "The job was cancelled.")
            : new ApiProblem(StatusOf(job.ErrorCode), job.ErrorCode ?? "job_failed", job.ErrorMessage ?? "The job failed.");
    }

    private async Task<Job> FinishAsync(Job job, CancellationToken ct)
    {
        using var watch = changes.Start(job.Id);
        try
        {
            while (await jobs.FindAsync(job.Id, ct) is { } now)
            {
                if (JobStatus.IsFinal(now.Status))
                    return now;
                await watch.WaitAsync(Look, ct);
            }
            throw ApiProblem.NoSuchJob();
        }
        catch (OperationCanceledException)
        {
            await jobs.CancelAsync(job.Id, CancellationToken.None);
            throw;
        }
    }

    private static int StatusOf(string? code) => code switch
    {
        "internal_error" or "worker_died" => 500,
        "model_missing" => 503,
        _ => 400,
    };

    private static IResult Format(LyricsDocument document, OpenAiWish wish, bool translate) => wish.ResponseFormat switch
    {
        "text" => TypedResults.Text(TextOf(document) + "\n"),
        "srt" => TypedResults.Text(LyricsFormats.SubRip.Write(document)),
        // Plain text, as OpenAI has it: its clients look at the type.
        "vtt" => TypedResults.Text(LyricsFormats.WebVtt.Write(document)),
        "verbose_json" => TypedResults.Json(OpenAiVerbose.Of(document, wish, translate), ApiJson.Readable.OpenAiVerbose),
        _ => TypedResults.Json(new OpenAiText(TextOf(document)), ApiJson.Readable.OpenAiText),
    };

    internal static string TextOf(LyricsDocument document) => string.Join(' ', document.Lines.Select(line => line.Text));
}

/// <summary>The fields of a request beside the file.</summary>
internal sealed class OpenAiWish
{
    private static readonly string[] s_formats = ["json", "text", "srt", "vtt", "verbose_json"];

    private readonly List<string> _granularities = [];
    private string? _model;
    private string? _language;
    private string? _prompt;

    public string ResponseFormat { get; private set; } = "json";

    public bool WantsWords => _granularities.Contains("word");

    public bool WantsSegments => _granularities.Count == 0 || _granularities.Contains("segment");

    /// <summary>Takes a field; false when it is none of OpenAI's.</summary>
    public bool Take(string name, string text)
    {
        switch (name)
        {
            case "model":
                _model = OpenAiApi.ModelOf(text);
                return true;
            case "language":
                _language = text;
                return true;
            case "prompt":
                _prompt = text;
                return true;
            case "response_format":
                ResponseFormat = s_formats.Contains(text) ? text : throw ApiProblem.BadOption(name, $"choose one of {string.Join(", ", s_formats)}");
                return true;
            case "timestamp_granularities[]" or "timestamp_granularities":
                _granularities.Add(text is "word" or "segment" ? text : throw ApiProblem.BadOption(name, "choose word or segment"));
                return true;
            case "temperature":
                // Our engines choose their own; the range is OpenAI's.
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1
                    ? true
                    : throw ApiProblem.BadOption(name, "give a number from 0 to 1");
            case "stream":
                return text is "false" ? true : throw ApiProblem.BadOption(name, "streaming is not supported here; watch the job's events instead");
            case "include[]" or "chunking_strategy":
                return true;
            default:
                return false;
        }
    }

    public JobOptions ToOptions(bool translate) => new()
    {
        Model = _model,
        Language = _language,
        Prompt = string.IsNullOrEmpty(_prompt) ? null : _prompt,
        Translate = translate ? true : null,
    };
}

/// <summary>The parts of a request, for the API's description.</summary>
internal sealed record OpenAiUpload(
    IFormFile File,
    string Model,
    string? Language,
    string? Prompt,
    string? ResponseFormat,
    double? Temperature,
    [property: JsonPropertyName("timestamp_granularities[]")] IReadOnlyList<string>? TimestampGranularities);

/// <summary>The answer in the format <c>json</c>.</summary>
internal sealed record OpenAiText(string Text);

/// <summary>The answer in the format <c>verbose_json</c>; segments and words as far as they were asked for.</summary>
internal sealed record OpenAiVerbose(
    string Task, string Language, double Duration, string Text, IReadOnlyList<OpenAiWord>? Words, IReadOnlyList<OpenAiSegment>? Segments)
{
    public static OpenAiVerbose Of(LyricsDocument document, OpenAiWish wish, bool translate) => new(
        translate ? "translate" : "transcribe",
        (document.Language is { } code ? Languages.EnglishName(code) : null) ?? "english",
        document.Duration,
        OpenAiTranscriber.TextOf(document),
        wish.WantsWords ? [.. document.Lines.SelectMany(line => line.Words).Select(word => new OpenAiWord(word.Text, word.Start, word.End))] : null,
        wish.WantsSegments ? [.. document.Lines.Select(OpenAiSegment.Of)] : null);
}

internal sealed record OpenAiWord(string Word, double Start, double End);

internal sealed record OpenAiSegment(
    int Id,
    int Seek,
    double Start,
    double End,
    string Text,
    IReadOnlyList<int> Tokens,
    double Temperature,
    [property: JsonPropertyName("avg_logprob")] double AverageLogProbability,
    double CompressionRatio,
    [property: JsonPropertyName("no_speech_prob")] double NoSpeechProbability)
{
    public static OpenAiSegment Of(LyricsLine line, int index)
    {
        var sure = line.Words.Where(word => word.Confidence > 0).Select(word => Math.Log(word.Confidence!.Value)).ToList();
        return new OpenAiSegment(index, 0, line.Start, line.End, line.Text, [], 0, sure.Count > 0 ? Math.Round(sure.Average(), 4) : 0, 1, 0);
    }
}

internal sealed record OpenAiModels(string Object, IReadOnlyList<OpenAiModel> Data);

internal sealed record OpenAiModel(string Id, string Object, long Created, string OwnedBy)
{
    public static OpenAiModel Of(string id) => new(id, "model", 1735689600, "libretto");
}
