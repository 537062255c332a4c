using System.Diagnostics;

namespace Libretto.Tests.Align;

/// <summary>Counts the spans of a name that begin below the one that is open where this was made; others may be at work meanwhile.</summary>
internal sealed class SpanCount : IDisposable
{
    private readonly Activity _root;
    private readonly ActivityListener _listener;
    private int _count;

    public SpanCount(string source, string name)
    {
        _root = new Activity("counted").SetIdFormat(ActivityIdFormat.W3C).Start();
        _listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.OperationName == name && span.TraceId == _root.TraceId)
                    Interlocked.Increment(ref _count);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Count => _count;

    public void Dispose()
    {
        _listener.Dispose();
        _root.Dispose();
    }
}
