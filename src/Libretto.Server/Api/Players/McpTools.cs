using System.ComponentModel;
using System.Text.Json;
using Libretto.Lyrics;
using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Libretto.Server.Api.Players;

/// <summary>
/// <c>/mcp</c>: the Model Context Protocol, by which assistants post songs and read lyrics; behind the keys and limits of all.
/// </summary>
[McpServerToolType]
internal sealed class McpTools(
    IHttpContextAccessor contexts, Admission admission, JobIntake intake, JobStore jobs, IContentStore store)
{
    private HttpContext Context => contexts.HttpContext ?? throw new InvalidOperationException("There is no request.");

    private Caller Caller => Caller.Of(Context);

    /// <summary>Posts a link.</summary>
    [McpServerTool(Name = "transcribe", Destructive = false)]
    [Description("Turn the song at a web address into word-timed lyrics. Answers at once with the job's id; ask 'status' until it is " +
        "completed.")]
    public Task<string> TranscribeAsync(
        [Description("The song's address, such as https://www.youtube.com/watch?v=ID or https://example.org/song.mp3.")] string url,
        CancellationToken ct,
        [Description("The language sung, such as en; left out, it is recognised.")] string? language = null) =>
        AnswerAsync(() => PostAsync(new LinkPost(url, null, new JobOptions { Language = language }, null), ct));

    /// <summary>Posts a link with its words.</summary>
    [McpServerTool(Name = "align", Destructive = false)]
    [Description("Time lyrics that are known to the song at a web address. Answers at once with the job's id; ask 'status' until it is " +
        "completed.")]
    public Task<string> AlignAsync(
        [Description("The song's address.")] string url,
        [Description("The lyrics, a line each; plain text, LRC or another format.")] string lyrics,
        CancellationToken ct,
        [Description("The language sung, such as en; left out, it is recognised.")] string? language = null) =>
        AnswerAsync(() => PostAsync(new LinkPost(url, lyrics, new JobOptions { Language = language }, null), ct));

    /// <summary>Looks at a job.</summary>
    [McpServerTool(Name = "status", ReadOnly = true)]
    [Description("How far a job is: its status (queued, running, completed, failed, cancelled), percentage and what is being done.")]
    public Task<string> StatusAsync([Description("The job's id.")] string id, CancellationToken ct) =>
        AnswerAsync(async () => View(await JobsApi.FindAsync(id, Caller, jobs, ct)));

    /// <summary>Reads lyrics.</summary>
    [McpServerTool(Name = "lyrics", ReadOnly = true)]
    [Description("The lyrics of a completed job as text.")]
    public Task<string> LyricsAsync(
        [Description("The job's id.")] string id,
        CancellationToken ct,
        [Description("txt, lrc, elrc, srt, vtt, ass, ttml, json or another format of the server.")] string format = "lrc") =>
        AnswerAsync(async () =>
        {
            var written = LyricsFormats.Named(format);
            var job = await JobsApi.FindAsync(id, Caller, jobs, ct);
            return job.DocumentKey is { } key && job.ExpiredAt is null
                ? written.Write(await LyricsApi.ReadAsync(key, store, ct))
                : throw new McpException($"The job is {job.Status} and has no lyrics{(job.ErrorMessage is { } error ? $": {error}" : "")}");
        });

    private async Task<string> PostAsync(LinkPost post, CancellationToken ct)
    {
        await admission.CheckAsync(Caller, ct);
        return View(await intake.TakeAsync(post, Caller, idempotencyKey: null, ct));
    }

    private string View(Job job) => JsonSerializer.Serialize(JobView.Of(job, Context.Request.PathBase), ApiJson.Readable.JobView);

    /// <summary>What went wrong is told to the assistant in our own words; all else stays the server's.</summary>
    private static async Task<string> AnswerAsync(Func<Task<string>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is LibrettoException or ApiProblem)
        {
            throw new McpException(e.Message, e);
        }
    }
}
