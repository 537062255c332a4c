using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// Tells those who watch jobs at work elsewhere how far they are, on PostgreSQL: all of them are looked up by one statement a few times a
/// second, as long as anybody watches one. Workers send no notices of it: commits that notify are one at a time in the whole database, and
/// each wakes every process that listens.
/// </summary>
internal sealed partial class WatchedProgress(
    IDbContextFactory<LibrettoDb> contexts, JobChanges changes, HeldJobs held, Notices notices, TimeProvider time,
    ILogger<WatchedProgress> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(5);

    // Jobs that were watched at the last look, with their revision; -1 where they were not at work, until a notice tells that they changed.
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);

    // What notices told of while a look was under way, which may not have seen it.
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        notices.Heard += Hear;
        notices.Missed += LookAtAll;
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var wanted = Wanted();
            if (wanted.Length == 0)
                continue;
            try
            {
                await LookAsync(wanted, stoppingToken);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.GetBaseException().Message);
                await Task.Delay(AfterTrouble, time, stoppingToken);
            }
        }
    }

    /// <summary>Those that are watched here, may be at work, and not in this process, which knows by itself.</summary>
    private string[] Wanted()
    {
        var watched = changes.Watched.ToHashSet(StringComparer.Ordinal);
        watched.ExceptWith(held.All.Select(job => job.Id));
        lock (_lock)
        {
            foreach (var id in _seen.Keys.Where(id => !watched.Contains(id)).ToList())
                _seen.Remove(id);
            return [.. watched.Where(id => _seen.GetValueOrDefault(id) >= 0)];
        }
    }

    private async Task LookAsync(string[] ids, CancellationToken ct)
    {
        lock (_lock)
            _told.Clear();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Jobs.Where(job => ids.Contains(job.Id))
            .Select(job => new { job.Id, job.Status, job.Revision }).ToListAsync(ct);
        var atWork = rows.Where(row => row.Status == JobStatus.Running).ToDictionary(row => row.Id, row => row.Revision);
        var changed = new List<string>();
        lock (_lock)
            foreach (var id in ids)
            {
                var (before, now) = (_seen.GetValueOrDefault(id), atWork.GetValueOrDefault(id, -1));
                if (now > before)
                    changed.Add(id);
                if (now >= 0 || !_told.Contains(id))
                    _seen[id] = now;
            }
        foreach (var id in changed)
            changes.Tell(id);
    }

    private void Hear(string channel, string text)
    {
        if (channel != Notices.Jobs)
            return;
        lock (_lock)
        {
            _told.Add(text);
            if (_seen.GetValueOrDefault(text) < 0)
                _seen.Remove(text);
        }
    }

    private void LookAtAll()
    {
        lock (_lock)
            _seen.Clear();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "How far songs at work elsewhere are cannot be looked up now: {Reason}")]
    private partial void LogTrouble(string reason);
}
