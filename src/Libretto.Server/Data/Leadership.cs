using Microsoft.Extensions.Logging;
using Npgsql;

namespace Libretto.Server.Data;

/// <summary>
/// Which of all processes does what only one should. On PostgreSQL it is the one that holds an advisory lock, which dies with its
/// connection; beside SQLite the one that has a file of the data folder open.
/// </summary>
internal sealed partial class Leadership(ServerOptions options, ILogger<Leadership> log, NpgsqlDataSource? database = null,
    ReadOnlyConnections? readOnly = null)
    : IAsyncDisposable
{
    // Any number, as long as nobody else takes it for something else.
    private const long LockNumber = 0x4C69626C656164;

    // Tried without waiting: a statement that waits keeps PostgreSQL from clearing up what was changed meanwhile. Programs from before
    // 2026-11-28 go by the table leases: while one leads here, they do not.
    private const string Take =
        """
        with lead as materialized (select pg_try_advisory_lock(@number) as leads),
        older as (
            insert into leases (name, holder, until)
            select name, @holder, now() + interval '2 minutes'
            from lead, unnest(array['pools', 'webhooks', 'retention']) as name
            where leads
            on conflict (name) do update set holder = excluded.holder, until = excluded.until
            where leases.holder <> excluded.holder or leases.until < now() + interval '1 minute'
        )
        select leads, exists (select from jobs where status in ('queued', 'running')) from lead
        """;

    private readonly string _holder = $"{ProcessName.Value}:{Guid.NewGuid():N}";
    private readonly SemaphoreSlim _once = new(1);
    private NpgsqlConnection? _connection;
    private FileStream? _file;

    /// <summary>Whether this process leads, as far as it knows.</summary>
    public bool Leads { get; private set; }

    /// <summary>Whether any job waited or was at work when this was last seen; beside SQLite always.</summary>
    public bool HasWork { get; private set; }

    /// <summary>Leads on, or begins to if nobody else does: one statement. False while another process leads.</summary>
    public async Task<bool> HoldAsync(CancellationToken ct)
    {
        await _once.WaitAsync(ct);
        try
        {
            var led = Leads;
            (Leads, HasWork) = database is null ? (HoldFile(), true) : await HoldLockAsync(database, ct);
            if (Leads != led)
                LogChange(Leads ? "leads" : "no longer leads");
            return Leads;
        }
        catch (Exception e)
        {
            await LoseAsync();
            readOnly?.Saw(e);
            throw;
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await LoseAsync();
        _once.Dispose();
    }

    private async Task<(bool Leads, bool HasWork)> HoldLockAsync(NpgsqlDataSource from, CancellationToken ct)
    {
        _connection ??= await from.OpenConnectionAsync(ct);
        var (leads, hasWork) = (false, false);
        await using (var take = new NpgsqlCommand(Take, _connection))
        {
            take.Parameters.AddWithValue("number", LockNumber);
            take.Parameters.AddWithValue("holder", _holder);
            // Not to be broken off: it would not be known who holds the lock.
            await using var row = await take.ExecuteReaderAsync(CancellationToken.None);
            await row.ReadAsync(CancellationToken.None);
            (leads, hasWork) = (row.GetBoolean(0), row.GetBoolean(1));
        }
        if (leads)
            return (true, hasWork);
        await _connection.DisposeAsync();
        _connection = null;
        return (false, hasWork);
    }

    private bool HoldFile()
    {
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(options.DataFolder, "leader")).FullName;
            _file ??= new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process has it open.
            return false;
        }
    }

    /// <summary>The lock ends with the connection, which is not used again.</summary>
    private async Task LoseAsync()
    {
        (Leads, HasWork) = (false, false);
        if (_file is not null)
            await _file.DisposeAsync();
        _file = null;
        if (_connection is null)
            return;
        var connection = _connection;
        _connection = null;
        try
        {
            await using var release = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await release.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
        {
            // It is broken, and the lock gone with it.
        }
        await connection.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This process {Change}: it looks after what only one process does")]
    private partial void LogChange(string change);
}
