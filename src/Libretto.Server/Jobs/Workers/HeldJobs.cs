using System.Collections.Concurrent;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs.Workers;

/// <summary>The jobs that this process works on: whoever writes for several of them at once finds them here.</summary>
internal sealed class HeldJobs
{
    private readonly ConcurrentDictionary<string, (Job Job, Action Lost)> _byClaim = new(StringComparer.Ordinal);

    /// <summary>For whoever changes several of their rows in one statement: two at a time could wait for each other.</summary>
    public SemaphoreSlim Writing { get; } = new(1);

    public IReadOnlyList<Job> All => [.. _byClaim.Values.Select(held => held.Job)];

    /// <summary>Work on a job begins.</summary>
    /// <param name="job">The job, by its claim.</param>
    /// <param name="lost">Called, on any thread, when it turns out that it is cancelled or another worker's.</param>
    public void Add(Job job, Action lost) => _byClaim[job.Claim!] = (job, lost);

    /// <summary>It has ended; what is found out later no longer matters.</summary>
    public void Remove(Job job) => _byClaim.TryRemove(job.Claim!, out _);

    /// <summary>Those of the jobs that are not among the ids were lost.</summary>
    public void KeepOnly(IEnumerable<Job> jobs, IEnumerable<string> heldIds)
    {
        var ids = heldIds.ToHashSet(StringComparer.Ordinal);
        foreach (var job in jobs)
            if (!ids.Contains(job.Id) && _byClaim.TryGetValue(job.Claim!, out var held))
                held.Lost();
    }
}
