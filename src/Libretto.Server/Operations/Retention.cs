using Libretto.Acquire;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Operations;

/// <summary>Removes songs, results and lists that are older than the configured age, marks their rows, and frees the disk.</summary>
internal sealed partial class Retention(
    IDbContextFactory<LibrettoDb> contexts,
    IContentStore store,
    LinkFetch links,
    JobStore jobs,
    JobChanges changes,
    Leadership leadership,
    ServerOptions options,
    TimeProvider time,
    ILogger<Retention> log)
{
    private const int Batch = 100;

    // All that songs and jobs leave in the store; where links led, LinkFetch itself forgets.
    private static readonly string[] s_folders =
    [
        .. StoreFolders.All.Where(folder => folder.Lifetime != StoreLifetime.Mark && folder.Name != StoreFolders.Links)
            .Select(folder => folder.Prefix),
    ];

    // Long enough to see in the morning what one should not have done at night.
    private static readonly TimeSpan BinAge = TimeSpan.FromDays(1);

    /// <summary>Of all orchestrators the one that leads does.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (!await leadership.HoldAsync(ct))
            return;
        await jobs.EmptyBinAsync(time.GetUtcNow().UtcDateTime - BinAge, ct);
        if (options.Retention is { } age)
            await ExpireAsync(time.GetUtcNow().UtcDateTime - age, ct);
    }

    private async Task ExpireAsync(DateTime before, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        while (true)
        {
            var old = await context.Jobs.AsNoTracking()
                .Where(job => job.ExpiredAt == null && job.CompletedAt < before)
                .OrderBy(job => job.CompletedAt).Take(Batch).ToListAsync(ct);
            foreach (var job in old)
                await ExpireAsync(context, job, ct);
            if (old.Count < Batch)
                break;
        }
        // What stages made belongs to no job, nor do the contents of jobs that were deleted, or that went away before they named them.
        foreach (var kind in s_folders)
            await foreach (var content in store.ListAsync(kind, before, ct))
                if (!await IsInUseAsync(context, content.Key, ct))
                    await store.RemoveAsync(content.Key, ct);
        await links.ForgetAsync(before, key => IsInUseAsync(context, key, ct), ct);
        // A list whose songs all are gone, or that never had any.
        await context.Lists
            .Where(list => list.CreatedAt < before && !context.Jobs.Any(job => job.ListId == list.Id && job.ExpiredAt == null))
            .ExecuteDeleteAsync(ct);
        // A worker that came and went costs a row each time.
        await context.Workers.Where(life => life.StoppedAt < before).ExecuteDeleteAsync(ct);
    }

    /// <summary>The row is marked first: a job without its result says so, and never points at nothing.</summary>
    private async Task ExpireAsync(LibrettoDb context, Job job, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var marked = await context.Jobs
            .Where(row => row.Id == job.Id && row.ExpiredAt == null && row.CompletedAt == job.CompletedAt)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.ExpiredAt, now)
                    .SetProperty(row => row.ResultsUrl, (string?)null)
                    .SetProperty(row => row.Revision, row => row.Revision + 1),
                ct);
        if (marked == 0)
            return;
        changes.Publish(job.Id);
        var versions = await context.LyricsVersions.Where(version => version.JobId == job.Id).Select(version => version.DocumentKey)
            .ToListAsync(ct);
        var keys = new[] { job.ResultKey, job.DocumentKey, job.VocalsKey, job.InstrumentalKey, job.InputKey,
            job.LyricsKey }.Concat(versions);
        foreach (var key in keys.OfType<string>())
            if (!await IsInUseAsync(context, key, ct))
            {
                await store.RemoveAsync(key, ct);
                await store.RemoveAsync(DerivedContent.OpusOf(key), ct);
            }
        if (job.InputKey is { } input && !await IsInUseAsync(context, input, ct))
        {
            await store.RemoveAsync(DerivedContent.WaveformOf(input, job.VocalsKey), ct);
            foreach (var isBackdrop in (bool[])[false, true])
                await store.RemoveAsync(DerivedContent.CoverOf(input, isBackdrop), ct);
        }
        // What is of one track is made again, should another job ask for it.
        if (job is { InputKey: { } recording, Options.Track: { } track })
        {
            await store.RemoveAsync(DerivedContent.OpusOf(recording, track), ct);
            await store.RemoveAsync(DerivedContent.WaveformOf(recording, job.VocalsKey, track), ct);
        }
        LogExpired(job.Id);
    }

    /// <summary>Content is shared between jobs by its hash: it stays as long as any needs it.</summary>
    private static async Task<bool> IsInUseAsync(LibrettoDb context, string key, CancellationToken ct) =>
        await context.Jobs.AnyAsync(
            job => job.ExpiredAt == null && (job.ResultKey == key || job.DocumentKey == key || job.VocalsKey == key ||
                job.InstrumentalKey == key || job.InputKey == key || job.LyricsKey == key),
            ct) ||
        await context.LyricsVersions.AnyAsync(
            version => version.DocumentKey == key && context.Jobs.Any(job => job.Id == version.JobId && job.ExpiredAt == null), ct);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: its song and results were removed after their time")]
    private partial void LogExpired(string jobId);
}
