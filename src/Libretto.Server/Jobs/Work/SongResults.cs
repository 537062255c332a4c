using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Storage;

namespace Libretto.Server.Jobs.Work;

/// <summary>A job's result: found in the store, or made there step by step.</summary>
internal sealed class SongResults(SongWork songs, ExportWork exports, JobClaims claims, JobStore jobs, SongNames names, IContentStore store,
    Checkpoints checkpoints, DatabaseRetry retry)
{
    /// <summary>The song's copy in the job's folder.</summary>
    public static string InputIn(string folder) => Path.Combine(folder, "song");

    /// <exception cref="LibrettoException">It cannot be made.</exception>
    public async Task<StoredResult> FindOrMakeAsync(Job job, JobLog jobLog, string folder, JobReporter reporter, CancellationToken ct)
    {
        if (Exports.Is(job))
            return await exports.FindOrMakeAsync(job, folder, reporter, ct);
        // Another job, or this one's earlier worker, may have made it.
        if (job.Options.Fresh != true && await StoredResult.FindAsync(store, job.ResultKey!, ct) is { } known)
        {
            reporter.Report(Stage.Publish, 0, "found in the cache", JobStep.Cache);
            return await NamedAsync(job, known, ct);
        }
        reporter.Report(Stage.Acquire, 0, "fetching the song", job.Url is null ? "upload" : LinkWork.Method);
        var input = InputIn(folder);
        if (!await store.CopyToFileAsync(job.InputKey!, input, ct))
            throw await MissingInput.OfAsync(store, ct);
        // Checkpoint 2, input at hand: a copy of the song in this process's folder, swept by any other process.
        checkpoints.Pass(Checkpoints.InputAtHand);

        // Checkpoint 3, working: what each finished stage made is kept; the next worker goes on from the last of them.
        using var made = await songs.RunAsync(job, input, reporter, () => checkpoints.Pass(Checkpoints.Working), ct);
        jobLog.Cost(Stage.Transcribe, made.Document.Method?.Cost);
        // Checkpoint 4, lyrics made: every stage's result is kept; the next worker only puts them together.
        checkpoints.Pass(Checkpoints.LyricsMade);
        var result = await StoredResult.OfLyricsAsync(store, made.Document, ct);
        var shown = await NamedAsync(job, result, ct);
        await retry.RunAsync(() => claims.ShowLyricsAsync(job, shown, ct));
        // Checkpoint 5, lyrics readable: the document lies in the store by its hash and the row names it; doing both again changes nothing.
        checkpoints.Pass(Checkpoints.LyricsReadable);
        if (made.Stems is not null)
        {
            var (vocals, instrumental) = await songs.StoreStemsAsync(made.Stems, folder, reporter, ct);
            result = result with { VocalsKey = vocals, InstrumentalKey = instrumental };
        }
        // Checkpoint 6, contents stored: so do the stems, where they were asked for.
        checkpoints.Pass(Checkpoints.ContentsStored);
        reporter.Report(Stage.Publish, 0, "storing the results");
        await store.PutJsonAsync(job.ResultKey!, result, StoredResultJson.Default.StoredResult, ct);
        return await NamedAsync(job, result, ct);
    }

    /// <summary>As its user calls it by now; others that find the same result in the store may call it otherwise.</summary>
    private async Task<StoredResult> NamedAsync(Job job, StoredResult result, CancellationToken ct) =>
        job.PartOf is not null || await retry.RunAsync(() => jobs.FindAsync(job.Id, ct)) is not { } row
            ? result
            : await names.ApplyAsync(row, result, ct);
}
