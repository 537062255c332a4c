using System.Text.Json;

namespace Libretto.Server.Web.Party;

/// <summary>
/// The queues that screens and phones look at. All who watch a party in this process share one reader: it asks for the party's revision
/// once a second, or when told of a change, and for the queue only when that has grown or a song in it is still being made.
/// </summary>
internal sealed class PartyBoard(PartyStore parties)
{
    // Changes are told at once where this process made them; those of others are seen by looking.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // Songs that are deleted while they wait change no party.
    private const int LooksToAReading = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Reader> _readers = new(StringComparer.Ordinal);

    /// <summary>How often a queue was read, for tests.</summary>
    public int Readings { get; private set; }

    /// <summary>Watches a party; dispose of it to stop.</summary>
    public PartyWatch Watch(string partyId)
    {
        lock (_gate)
        {
            if (!_readers.TryGetValue(partyId, out var reader))
            {
                _readers[partyId] = reader = new Reader(partyId);
                _ = ReadAsync(reader);
            }
            reader.Watchers++;
            return new PartyWatch(this, reader);
        }
    }

    private async Task ReadAsync(Reader reader)
    {
        try
        {
            // The first watcher has not got its watch yet.
            await Task.Yield();
            using var changes = parties.Watch(reader.PartyId);
            for (var looks = 0; !reader.Stop.IsCancellationRequested; looks++)
            {
                var party = await parties.FindAsync(reader.PartyId, reader.Stop.Token);
                var before = reader.Now;
                if (party is null)
                    reader.Show(new PartyMoment(null, before?.Queue ?? PartyQueue.Empty));
                else if (before?.Party is null || before.Queue.Revision != party.Revision || before.Queue.IsWaitedFor ||
                    looks % LooksToAReading == 0)
                {
                    Readings++;
                    var queue = await parties.QueueAsync(reader.PartyId, reader.Stop.Token);
                    if (before?.Party != party || !before.Queue.IsSame(queue))
                        reader.Show(new PartyMoment(party, queue));
                }
                await changes.WaitAsync(Look, reader.Stop.Token);
            }
        }
        catch (OperationCanceledException) when (reader.Stop.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
        catch (Exception e)
        {
            // Those who watch are told, and watch anew when they like.
            lock (_gate)
                if (_readers.GetValueOrDefault(reader.PartyId) == reader)
                    _readers.Remove(reader.PartyId);
            reader.Fail(e);
        }
    }

    private void Leave(Reader reader)
    {
        lock (_gate)
        {
            if (--reader.Watchers > 0)
                return;
            if (_readers.GetValueOrDefault(reader.PartyId) == reader)
                _readers.Remove(reader.PartyId);
        }
        reader.Stop.Cancel();
    }

    /// <summary>One party's queue, read for all who watch it.</summary>
    internal sealed class Reader(string partyId)
    {
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string PartyId { get; } = partyId;

        public int Watchers { get; set; }

        public CancellationTokenSource Stop { get; } = new();

        public PartyMoment? Now { get; private set; }

        /// <summary>Done when what there was has changed.</summary>
        public Task Changed => Volatile.Read(ref _changed).Task;

        public void Show(PartyMoment moment)
        {
            if (moment.Party is null && Now is { Party: null })
                return;
            Now = moment;
            Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }

        public void Fail(Exception e)
        {
            _changed.TrySetException(e);
            // Whoever waits sees it; that nobody does is no fault.
            _ = _changed.Task.Exception;
        }
    }

    /// <summary>One who watches a party.</summary>
    internal sealed class PartyWatch(PartyBoard board, Reader reader) : IDisposable
    {
        private int _isLeft;

        /// <summary>
        /// How the party stands, once that is another moment than the one seen; what was seen when nothing changed in time.
        /// </summary>
        public async Task<PartyMoment?> NextAsync(PartyMoment? seen, TimeSpan longest, CancellationToken ct)
        {
            // Asked for before what it is to tell of is looked at: nothing comes between.
            var changed = reader.Changed;
            if (reader.Now is { } now && !ReferenceEquals(now, seen))
                return now;
            try
            {
                await changed.WaitAsync(longest, ct);
            }
            catch (TimeoutException)
            {
                return seen;
            }
            return reader.Now;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                board.Leave(reader);
        }
    }
}

/// <summary>A party as it stands.</summary>
/// <param name="Party">The party; null once it is over.</param>
/// <param name="Queue">Its queue.</param>
internal sealed record PartyMoment(Data.Entities.Party? Party, PartyQueue Queue)
{
    private string? _forGuests;

    /// <summary>As guests' phones read it, written once for all of them.</summary>
    public string ForGuests => _forGuests ??= JsonSerializer.Serialize(GuestQueue.Of(Party!, Queue), PartyJson.Default.GuestQueue);
}
