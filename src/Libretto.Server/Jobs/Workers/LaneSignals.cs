using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Libretto.Server.Jobs.Workers;

/// <summary>
/// Tells those who work in a lane, in this process, that there may be a job. One of them looks; if it finds one it tells the next. A signal
/// too many costs one look, and one is as good as many.
/// </summary>
internal sealed class LaneSignals
{
    private readonly ConcurrentDictionary<string, Channel<bool>> _lanes = new(StringComparer.Ordinal);

    public void Signal(string lane) => Of(lane).Writer.TryWrite(true);

    /// <summary>Waits until there may be a job.</summary>
    public async Task WaitAsync(string lane, CancellationToken ct) => await Of(lane).Reader.ReadAsync(ct);

    private Channel<bool> Of(string lane) => _lanes.GetOrAdd(
        lane, static _ => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
}
