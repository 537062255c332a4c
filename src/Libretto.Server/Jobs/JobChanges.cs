using System.Collections.Concurrent;
using System.Threading.Channels;
using Libretto.Server.Data;

namespace Libretto.Server.Jobs;

/// <summary>
/// Tells those who watch a job that its row has changed; what it says now they read from the table. Carries no content and keeps
/// no queue, so a slow watcher costs nothing and misses nothing but intermediate states. Processes tell each other by notices.
/// </summary>
internal sealed class JobChanges
{
    private const string Cancel = "cancel";

    /// <summary>In place of a job's id: watches them all.</summary>
    public const string Any = "";

    private readonly ConcurrentDictionary<string, Watch[]> _watches = new(StringComparer.Ordinal);

    private readonly Notices? _notices;

    public JobChanges(Notices? notices = null)
    {
        _notices = notices;
        if (notices is null)
            return;
        notices.Heard += Hear;
        notices.Missed += PublishAll;
    }

    /// <summary>How many watch now.</summary>
    public int Watchers => _watches.Sum(job => job.Value.Length);

    /// <summary>The jobs that are watched now, and whatever else is by a name.</summary>
    public IEnumerable<string> Watched => _watches.Keys.Where(id => id != Any);

    /// <summary>Starts watching a job; dispose of it to stop.</summary>
    public Watch Start(string jobId)
    {
        var watch = new Watch(this, jobId);
        _watches.AddOrUpdate(jobId, _ => [watch], (_, others) => [.. others, watch]);
        return watch;
    }

    /// <summary>A job's row has changed: whoever watches it is told, in this process and in others.</summary>
    public void Publish(string jobId, bool cancel = false)
    {
        Tell(jobId, cancel);
        _notices?.Send(Notices.Jobs, cancel ? $"{jobId} {Cancel}" : jobId);
        if (cancel)
            _notices?.Send(Notices.Workers, $"{Cancel} {jobId}");
    }

    /// <summary>The same for this process alone, where others have been told.</summary>
    public void Tell(string jobId, bool cancel = false)
    {
        if (jobId != Any)
            Tell(Any);
        if (!_watches.TryGetValue(jobId, out var watches))
            return;
        foreach (var watch in watches)
            watch.Signal(cancel);
    }

    /// <summary>Changes may have been missed: everyone looks.</summary>
    public void PublishAll()
    {
        foreach (var jobId in _watches.Keys)
            Tell(jobId);
    }

    private void Hear(string channel, string text)
    {
        var words = text.Split(' ');
        if (channel == Notices.Jobs)
            Tell(words[0], cancel: words.Length > 1);
        else if (channel == Notices.Workers && words is [Cancel, var jobId])
            Tell(jobId, cancel: true);
    }

    private void Stop(Watch watch)
    {
        while (_watches.TryGetValue(watch.JobId, out var watches))
        {
            Watch[] rest = [.. watches.Where(other => other != watch)];
            var isDone = rest.Length == 0
                ? _watches.TryRemove(KeyValuePair.Create(watch.JobId, watches))
                : _watches.TryUpdate(watch.JobId, rest, watches);
            if (isDone)
                return;
        }
    }

    /// <summary>One watcher of one job.</summary>
    internal sealed class Watch(JobChanges changes, string jobId) : IDisposable
    {
        // One signal is as good as many.
        private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public string JobId { get; } = jobId;

        /// <summary>Called, on any thread, when someone asked to cancel the job.</summary>
        public event Action? CancelRequested;

        /// <summary>Waits for a change since the last wait; false when none came in time.</summary>
        public async Task<bool> WaitAsync(TimeSpan longest, CancellationToken ct)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(longest);
            try
            {
                return await _signals.Reader.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return false;
            }
        }

        public void Dispose() => changes.Stop(this);

        internal void Signal(bool cancel)
        {
            _signals.Writer.TryWrite(true);
            if (cancel)
                CancelRequested?.Invoke();
        }
    }
}
