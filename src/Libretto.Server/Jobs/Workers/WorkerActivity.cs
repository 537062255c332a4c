namespace Libretto.Server.Jobs.Workers;

/// <summary>Whether this process has a job. Once it has decided to end, it takes none: the two never overlap.</summary>
internal sealed class WorkerActivity
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private int _jobs;
    private bool _isClosed;
    private long _idleSince;

    public WorkerActivity(TimeProvider time)
    {
        _time = time;
        _idleSince = time.GetTimestamp();
    }

    public bool IsBusy
    {
        get
        {
            lock (_lock)
                return _jobs > 0;
        }
    }

    /// <summary>Since when there has been no job; none while there is one.</summary>
    public TimeSpan Idle
    {
        get
        {
            lock (_lock)
                return _jobs > 0 ? TimeSpan.Zero : _time.GetElapsedTime(_idleSince);
        }
    }

    /// <summary>A job may begin; dispose of it when it has ended, or there was none. Null when this process is about to end.</summary>
    public Turn? Begin()
    {
        lock (_lock)
        {
            if (_isClosed)
                return null;
            _jobs++;
            return new Turn(this);
        }
    }

    /// <summary>Takes no more jobs; false when there is one.</summary>
    public bool TryClose()
    {
        lock (_lock)
            return _isClosed |= _jobs == 0;
    }

    private void End(bool hadJob)
    {
        lock (_lock)
        {
            _jobs--;
            if (hadJob)
                _idleSince = _time.GetTimestamp();
        }
    }

    /// <summary>One look for a job, and the work on it if there is one.</summary>
    internal sealed class Turn(WorkerActivity activity) : IDisposable
    {
        private int _isOver;

        /// <summary>Whether there was one: looking alone is no work.</summary>
        public bool HasJob { get; set; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                activity.End(HasJob);
        }
    }
}
