using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Where the words go that a run has made: into the place of those it worked for. When these were edited meanwhile the edit stays, and
/// the made words take the number of those that they were to replace, so that both are found.
/// </summary>
internal static class MadeWords
{
    /// <summary>Changes a job's row and files the made words where an edit keeps them from their place, all in one transaction.</summary>
    /// <param name="contexts">The database.</param>
    /// <param name="changes">Who is told.</param>
    /// <param name="job">The job as its worker holds it.</param>
    /// <param name="result">What was made.</param>
    /// <param name="now">When.</param>
    /// <param name="change">Changes the row, and with it the words if nobody has edited them; gives how many rows it changed.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>False when nothing was changed.</returns>
    public static async Task<bool> PutAsync(IDbContextFactory<LibrettoDb> contexts, JobChanges changes, Job job, StoredResult result,
        DateTime now, Func<LibrettoDb, Task<int>> change, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var isChanged = await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            context.ChangeTracker.Clear();
            await using var transaction = await context.Database.BeginTransactionAsync(ct);
            // From here on the row is this transaction's: no edit comes between.
            if (await change(context) == 0)
                return false;
            await FileAsync(context, job.Id, result.DocumentKey, now, ct);
            await transaction.CommitAsync(ct);
            return true;
        });
        if (isChanged)
            changes.Publish(job.Id);
        return isChanged;
    }

    /// <summary>
    /// Under the number that the run worked for lies, after an edit, only another copy of the words before it: they lost nothing by it.
    /// </summary>
    private static async Task FileAsync(LibrettoDb context, string id, string? made, DateTime now, CancellationToken ct)
    {
        var edited = await context.Jobs.Where(row => row.Id == id && row.DocumentVersion != row.BaseVersion)
            .Select(row => (int?)row.BaseVersion).FirstOrDefaultAsync(ct);
        if (edited is not { } number || made is null)
            return;
        var place = context.LyricsVersions.Where(version => version.JobId == id && version.Version == number);
        if (await place.Where(version => version.DocumentKey != made).ExecuteUpdateAsync(
                set => set.SetProperty(version => version.DocumentKey, made).SetProperty(version => version.CreatedAt, now), ct) == 1 ||
            await place.AnyAsync(ct))
            return;
        context.LyricsVersions.Add(new LyricsVersion(id, number, made, now));
        await context.SaveChangesAsync(ct);
    }
}
