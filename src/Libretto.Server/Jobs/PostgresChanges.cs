using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Libretto.Server.Jobs;

/// <summary>Brings changes that other processes made here, by LISTEN on a connection of its own.</summary>
internal sealed partial class PostgresChanges(NpgsqlDataSource database, JobChanges changes,
    ILogger<PostgresChanges> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
            {
                LogLost(e.Message);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        connection.Notification += (_, notice) => Publish(notice.Payload);
        await using (var listen = new NpgsqlCommand("listen libretto_jobs", connection))
            await listen.ExecuteNonQueryAsync(ct);
        // Whatever happened while nobody listened.
        changes.PublishAll();
        while (true)
            await connection.WaitAsync(ct);
    }

    private void Publish(string payload)
    {
        var space = payload.IndexOf(' ', StringComparison.Ordinal);
        changes.Publish(space < 0 ? payload : payload[..space], cancel: space > 0);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's notices are interrupted ({Reason}); polling until they are back")]
    private partial void LogLost(string reason);
}
