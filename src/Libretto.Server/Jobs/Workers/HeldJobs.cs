using System.Collections.Concurrent;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs.Workers;

/// <summary>The jobs that this process works on: whoever writes for several of them at once finds them here.</summary>
internal sealed class HeldJobs(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Held> _byClaim = new(StringComparer.Ordinal);

    /// <summary>For whoever changes several of their rows in one statement: two at a time could wait for each other.</summary>
    public SemaphoreSlim Writing { get; } = new(1);

    public IReadOnlyList<Job> All => [.. _byClaim.Values.Select(held => held.Job)];

    /// <summary>Work on a job begins.</summary>
    /// <param name="job">The job, by its claim.</param>
    /// <param name="lost">Called, on any thread, when it turns out that it is cancelled or another worker's.</param>
    public void Add(Job job, Action lost) => _byClaim[job.Claim!] = new Held(job, lost) { SaidAt = time.GetTimestamp() };

    /// <summary>It has ended; what is found out later no longer matters.</summary>
    public void Remove(Job job) => _byClaim.TryRemove(job.Claim!, out _);

    /// <summary>Whether the database has not been told of one of them, by its progress or a heartbeat, for a time.</summary>
    public bool IsSilent(TimeSpan since) => _byClaim.Values.Any(held => time.GetElapsedTime(held.SaidAt) >= since);

    /// <summary>The database was told of jobs. Those that are not among the ids it knows were lost.</summary>
    public void KeepOnly(IEnumerable<Job> jobs, IEnumerable<string> heldIds)
    {
        var ids = heldIds.ToHashSet(StringComparer.Ordinal);
        foreach (var job in jobs)
        {
            if (!_byClaim.TryGetValue(job.Claim!, out var held))
                continue;
            if (ids.Contains(job.Id))
                held.SaidAt = time.GetTimestamp();
            else
                held.Lost();
        }
    }

    private sealed class Held(Job job, Action lost)
    {
        private long _saidAt;

        public Job Job => job;

        public Action Lost => lost;

        public long SaidAt
        {
            get => Volatile.Read(ref _saidAt);
            set => Volatile.Write(ref _saidAt, value);
        }
    }
}
