using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Libretto.Server.Data;

/// <summary>
/// Short messages from process to process, by PostgreSQL's LISTEN and NOTIFY; beside SQLite there are none. They are sent after what they
/// tell of is committed, many at once and by statements of their own: a commit that notifies is one at a time in the whole database, and
/// would keep all others waiting for its disk. One that is lost costs time only: whoever waits for one also looks from time to time.
/// </summary>
internal sealed partial class Notices(ServerOptions options, ILogger<Notices> log, NpgsqlDataSource? database = null) : BackgroundService
{
    /// <summary>Heard where people watch jobs: the id of one that has changed, with <c> cancel</c> where it is to end.</summary>
    public const string Jobs = "libretto_jobs";

    /// <summary>Heard by workers: <c>wake LANE ...</c>, <c>cancel JOB</c>, <c>drain WORKER</c>.</summary>
    public const string Workers = "libretto_workers";

    private const string SendAll =
        "select from (select set_config('synchronous_commit', 'off', true)) quick, unnest(@channels, @texts) as notice (channel, text), " +
        "lateral pg_notify(channel, text)";

    // So many at most are kept while the database is away; those who listen look for themselves when it is back.
    private const int MostUnsent = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private readonly Channel<(string Channel, string Text)> _unsent = Channel.CreateBounded<(string, string)>(
        new BoundedChannelOptions(MostUnsent) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>A message: its channel and its text. Called on the thread that reads them: to be left at once.</summary>
    public event Action<string, string>? Heard;

    /// <summary>Messages may have been missed: what they would have told of is to be looked at.</summary>
    public event Action? Missed;

    /// <summary>Sends a message; returns at once.</summary>
    public void Send(string channel, string text)
    {
        if (database is not null)
            _unsent.Writer.TryWrite((channel, text));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => database is null
        ? Task.CompletedTask
        : Task.WhenAll(ListenAsync(database, stoppingToken), SendAsync(database, stoppingToken));

    private async Task ListenAsync(NpgsqlDataSource from, CancellationToken ct)
    {
        string[] channels = [.. options.ServesApi ? [Jobs] : (string[])[], .. options.EffectiveLanes.Count > 0 ? [Workers] : (string[])[]];
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await from.OpenConnectionAsync(ct);
                connection.Notification += (_, notice) => Heard?.Invoke(notice.Channel, notice.Payload);
                await using (var listen = new NpgsqlCommand(string.Join("; ", channels.Select(channel => $"listen {channel}")), connection))
                    await listen.ExecuteNonQueryAsync(ct);
                Missed?.Invoke();
                while (true)
                    await connection.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
            {
                LogLost(e.Message);
                await Task.Delay(Pause, ct);
            }
        }
    }

    private async Task SendAsync(NpgsqlDataSource to, CancellationToken ct)
    {
        try
        {
            while (await _unsent.Reader.WaitToReadAsync(ct))
            {
                await SendUnsentAsync(to);
                await Task.Delay(Gather, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What those who stopped before have said, such as that they hand a job back.
            await SendUnsentAsync(to);
        }
    }

    private async Task SendUnsentAsync(NpgsqlDataSource to)
    {
        var unsent = new HashSet<(string Channel, string Text)>();
        while (_unsent.Reader.TryRead(out var notice))
            unsent.Add(notice);
        if (unsent.Count == 0)
            return;
        try
        {
            await using var send = to.CreateCommand(SendAll);
            send.Parameters.AddWithValue("channels", unsent.Select(notice => notice.Channel).ToArray());
            send.Parameters.AddWithValue("texts", unsent.Select(notice => notice.Text).ToArray());
            await send.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (DatabaseErrors.IsTrouble(e) || e is IOException or InvalidOperationException)
        {
            LogUnsent(unsent.Count, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The database's notices are interrupted ({Reason}); looking from time to time until they are back")]
    private partial void LogLost(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} notice(s) could not be sent ({Reason}); others find out a little later")]
    private partial void LogUnsent(int count, string reason);
}
