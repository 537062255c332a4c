using System.Globalization;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Security;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Api.Intake;

/// <summary>Says no before a song is read when too many wait already: in all, or of the same key.</summary>
internal sealed class Admission(IDbContextFactory<LibrettoDb> contexts, ServerOptions options)
{
    private const int Sample = 20;
    private const double UsualSongSeconds = 20;

    /// <exception cref="ApiProblem">429, with the time after which there should be room.</exception>
    public async Task CheckAsync(Caller caller, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var unfinished = await _count(context, caller.KeyId, ct);
        if (!caller.IsAdmin && unfinished?.OfKey >= options.JobsPerKey)
            throw await RefusalAsync(context, "quota_exceeded",
                string.Create(CultureInfo.InvariantCulture, $"This key may have {options.JobsPerKey} songs waiting or in work."), ct);
        if (unfinished?.InAll >= options.QueueLimit)
            throw await RefusalAsync(context, "queue_full", "Too many songs wait on this server.", ct);
    }

    private static async Task<ApiProblem> RefusalAsync(LibrettoDb context, string code, string words, CancellationToken ct)
    {
        var times = await context.Jobs.AsNoTracking().Where(job => job.Status == JobStatus.Completed && job.ProcessingTimeSeconds != null)
            .OrderByDescending(job => job.CompletedAt).Take(Sample).Select(job => job.ProcessingTimeSeconds!.Value).ToListAsync(ct);
        // When the next song should be done.
        var seconds = (int)Math.Clamp(times.Count > 0 ? Math.Ceiling(times.Average()) : UsualSongSeconds, 1, 300);
        return new ApiProblem(429, code, $"{words} Try again in {seconds} s.", seconds);
    }

    // Asked before every post. Not static: it belongs to one database.
    private readonly Func<LibrettoDb, string, CancellationToken, Task<Unfinished?>> _count =
        EF.CompileAsyncQuery((LibrettoDb context, string keyId, CancellationToken _) => context.Jobs
            .Where(job => job.Status == JobStatus.Queued || job.Status == JobStatus.Running)
            .GroupBy(_ => 1)
            .Select(jobs => new Unfinished(jobs.Count(), jobs.Count(job => job.KeyId == keyId)))
            .FirstOrDefault());

    private sealed record Unfinished(int InAll, int OfKey);
}
