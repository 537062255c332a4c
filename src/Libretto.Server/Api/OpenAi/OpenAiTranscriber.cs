using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Lyrics;
using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Api.OpenAi;

/// <summary>Answers one transcription request.</summary>
internal sealed partial class OpenAiTranscriber(
    Admission admission, UploadReader uploads, JobIntake intake, OpenAiModelNames models, JobStore jobs, JobWaiter waiter,
    IContentStore store, ILogger<OpenAiTranscriber> log)
{
    public async Task<IResult> AnswerAsync(HttpContext context, Caller caller, bool translate, CancellationToken ct)
    {
        await admission.CheckAsync(caller, ct);
        var form = new OpenAiForm();
        using var upload = await uploads.ReadAsync(context.Request, form, ct);
        upload.Options = form.ToOptions(models, translate);
        var job = await intake.TakeAsync(upload, caller, idempotencyKey: null, ct);
        upload.Dispose();
        if (form.Ignored.Count > 0)
            context.Response.Headers.Warning = $"299 libretto \"ignored: {string.Join(", ", form.Ignored)}\"";
        return form.Streams && !translate
            ? EventStream.Of(context, EventsAsync(context, job, ct))
            : Format(await LyricsOfAsync(job, idle: null, ct), form, translate);
    }

    /// <summary>Events as OpenAI's: the text line by line, then the whole; an error as data, since the status is out by then.</summary>
    private async IAsyncEnumerable<SseItem<string>> EventsAsync(
        HttpContext context, Job job, [EnumeratorCancellation] CancellationToken ct)
    {
        await EventStream.CommentAsync(context, "working", ct);
        foreach (var data in await EventsOfAsync(context, job, ct))
            yield return new SseItem<string>(data);
    }

    private async Task<IReadOnlyList<string>> EventsOfAsync(HttpContext context, Job job, CancellationToken ct)
    {
        try
        {
            var document = await LyricsOfAsync(job, () => EventStream.CommentAsync(context, "working", ct), ct);
            var deltas = document.Lines.Select((line, i) => JsonSerializer.Serialize(
                new OpenAiDelta("transcript.text.delta", (i == 0 ? "" : " ") + line.Text), ApiJson.Readable.OpenAiDelta));
            var done = JsonSerializer.Serialize(new OpenAiDone("transcript.text.done", TextOf(document)), ApiJson.Readable.OpenAiDone);
            return [.. deltas, done, "[DONE]"];
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (e is not ApiProblem)
                LogFailed(e, job.Id);
            return [JsonSerializer.Serialize(Problems.AsOpenAi(e), ProblemJson.Readable.OpenAiError)];
        }
    }

    /// <summary>Waits for the job's end.</summary>
    /// <exception cref="ApiProblem">It ended without lyrics.</exception>
    private async Task<LyricsDocument> LyricsOfAsync(Job job, Func<Task>? idle, CancellationToken ct)
    {
        job = await FinishAsync(job, idle, ct);
        if (job.Status == JobStatus.Completed)
            return await LyricsApi.ReadAsync(job.DocumentKey!, store, ct);
        throw job.Status == JobStatus.Cancelled
            ? new ApiProblem(409, "job_cancelled", "The job was cancelled.")
            : new ApiProblem(StatusOf(job.ErrorCode), job.ErrorCode ?? "job_failed", job.ErrorMessage ?? "The job failed.");
    }

    /// <summary>Waits for the job's end; a client that goes away cancels it.</summary>
    private async Task<Job> FinishAsync(Job job, Func<Task>? idle, CancellationToken ct)
    {
        try
        {
            return await waiter.EndOfAsync(job.Id, idle, ct) ?? throw ApiProblem.NoSuchJob();
        }
        catch (OperationCanceledException)
        {
            await jobs.CancelAsync(job.Id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Whose fault it was: ours, a service's that may be back soon, or the song's.</summary>
    private static int StatusOf(string? code) => code switch
    {
        ErrorCodes.InternalError or ErrorCodes.WorkerDied => 500,
        ErrorCodes.DiskFull => 507,
        ErrorCodes.ModelMissing or ErrorCodes.WorkerMissing or ErrorCodes.ToolMissing => 503,
        { } of when of.StartsWith("hosted_", StringComparison.Ordinal) || of.StartsWith("store_", StringComparison.Ordinal) ||
        of.StartsWith("model_", StringComparison.Ordinal) => 503,
        _ => 400,
    };

    private static IResult Format(LyricsDocument document, OpenAiForm form, bool translate) => form.ResponseFormat switch
    {
        "text" => TypedResults.Text(TextOf(document) + "\n"),
        "srt" => TypedResults.Text(LyricsFormats.SubRip.Write(document)),
        // Plain text, as OpenAI has it: its clients look at the type. Times within a line only for who asked for words.
        "vtt" => TypedResults.Text(form.WantsWords ? LyricsFormats.WebVtt.Write(document) : InnerTime()
            .Replace(LyricsFormats.WebVtt.Write(document), "")),
        "verbose_json" => TypedResults.Json(OpenAiVerbose.Of(document, form, translate), ApiJson.Readable.OpenAiVerbose),
        _ => TypedResults.Json(OpenAiText.Of(document), ApiJson.Readable.OpenAiText),
    };

    internal static string TextOf(LyricsDocument document) => string.Join(' ', document.Lines.Select(line => line.Text));

    // What stands in the text as such is written as an entity.
    [GeneratedRegex("<[0-9][0-9:.]*>")]
    private static partial Regex InnerTime();

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId}: its answer, streamed, broke off")]
    private partial void LogFailed(Exception e, string jobId);
}
