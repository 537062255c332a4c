using Libretto.Server.Api;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Pools;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Web.Watch;

/// <summary>
/// Tells the views that watch a job how it stands. However many watch, the job is read once for all of them, and no more often than
/// a person can follow.
/// </summary>
internal sealed partial class JobFeed(
    JobStore store, StageTimes times, JobChanges changes, UnmetRequirements unmet, TimeProvider time, ILogger<JobFeed> log)
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(500);

    // Changes are told. Times that run are shown anew, and looking anyway costs little.
    private static readonly TimeSpan WhileRunning = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileStill = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Reader> _readers = new(StringComparer.Ordinal);

    /// <summary>Starts watching; dispose of what it returns to stop.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="show">Called with how the job stands, soon and after each change, on any thread.</param>
    public IDisposable Watch(string jobId, Func<JobMoment, Task> show)
    {
        lock (_lock)
        {
            if (!_readers.TryGetValue(jobId, out var reader))
            {
                _readers[jobId] = reader = new Reader();
                _ = Task.Run(() => ReadAsync(jobId, reader));
            }
            reader.Watchers.Add(show);
            if (reader.Last is { } last)
                _ = ShowAsync(show, last);
        }
        return new Leaving(() =>
        {
            lock (_lock)
            {
                if (_readers.TryGetValue(jobId, out var reader) && reader.Watchers.Remove(show) && reader.Watchers.Count == 0)
                {
                    _readers.Remove(jobId);
                    reader.Stop.Cancel();
                }
            }
        });
    }

    /// <summary>How a job stands now.</summary>
    public async Task<JobMoment> LookAsync(string jobId, CancellationToken ct)
    {
        try
        {
            return await store.FindAsync(jobId, ct) is { } job
                ? new JobMoment(job, StepsView.Of(job, await times.AllAsync(ct), time.GetUtcNow().UtcDateTime), true)
                {
                    WaitsInVain = await WaitsInVainAsync(job, ct),
                }
                : JobMoment.Gone;
        }
        catch (Exception e) when (DatabaseErrors.IsTrouble(e))
        {
            return JobMoment.Unknown;
        }
    }

    /// <summary>Whether nobody is there who could do it. Whoever is told what it waits for knows already.</summary>
    private async Task<bool> WaitsInVainAsync(Job job, CancellationToken ct) =>
        job is { Status: JobStatus.Queued, WaitingFor: WaitingFor.Turn } &&
        (await unmet.FindAsync(ct)).Contains(new WaitingRequirements(job.Lane, JobRequirements.Of(job)));

    private async Task ReadAsync(string jobId, Reader reader)
    {
        using var watch = changes.Start(jobId);
        while (!reader.Stop.IsCancellationRequested)
        {
            try
            {
                var moment = await LookAsync(jobId, reader.Stop.Token);
                if (!moment.IsKnown && reader.Last is { } last)
                    moment = last with { IsKnown = false };
                Tell(reader, moment);
                await Task.Delay(LeastPause, time, reader.Stop.Token);
                await watch.WaitAsync(moment.Job?.Status == JobStatus.Running ? WhileRunning : WhileStill, reader.Stop.Token);
            }
            catch (OperationCanceledException) when (reader.Stop.IsCancellationRequested)
            {
                // Nobody watches any more.
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, those who watch must not wait for ever: it looks again after a while.
                LogTrouble(e);
                await Task.Delay(WhileStill, time, CancellationToken.None);
            }
        }
    }

    /// <summary>One view's trouble is its own: the others, and its next moments, go on.</summary>
    private async Task ShowAsync(Func<JobMoment, Task> show, JobMoment moment)
    {
        try
        {
            await show(moment);
        }
        catch (Exception e)
        {
            LogTrouble(e);
        }
    }

    private void Tell(Reader reader, JobMoment moment)
    {
        Func<JobMoment, Task>[] watchers;
        lock (_lock)
        {
            if (moment.Job is { } now && reader.Last is { Job: { } before, IsKnown: true } && moment.IsKnown &&
                now.Revision == before.Revision && now.Status != JobStatus.Running && moment.WaitsInVain == reader.Last.WaitsInVain)
                return;
            reader.Last = moment;
            watchers = [.. reader.Watchers];
        }
        foreach (var show in watchers)
            _ = ShowAsync(show, moment);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A view that watches a job could not be told how it stands")]
    private partial void LogTrouble(Exception e);

    private sealed class Reader
    {
        public List<Func<JobMoment, Task>> Watchers { get; } = [];

        public CancellationTokenSource Stop { get; } = new();

        public JobMoment? Last { get; set; }
    }

    private sealed class Leaving(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}

/// <summary>How a job stands at a moment.</summary>
/// <param name="Job">Its row; null when there is none.</param>
/// <param name="Steps">Its steps, in words.</param>
/// <param name="IsKnown">False while the database cannot be asked: then the rest is from before.</param>
internal sealed record JobMoment(Job? Job, StepsView? Steps, bool IsKnown)
{
    /// <summary>True for a job that waits while no worker is there for it.</summary>
    public bool WaitsInVain { get; init; }

    public static JobMoment Gone { get; } = new(null, null, true);

    public static JobMoment Unknown { get; } = new(null, null, false);
}
