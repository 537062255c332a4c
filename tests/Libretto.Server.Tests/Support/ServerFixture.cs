namespace Libretto.Server.Tests.Support;

/// <summary>One server for all tests of a class, on one of the two databases.</summary>
public abstract class ServerFixture : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();

    internal RunningServer Server { get; private set; } = null!;

    internal JobClient Client => Server.Client;

    internal string DataFolder => _folder["data"];

    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(new ServerOptions
    {
        DataFolder = DataFolder,
        Database = await DatabaseAsync(),
        MaxUploadBytes = 20_000_000,
        MaxDuration = TimeSpan.FromMinutes(6),
        RetryDelays = [TimeSpan.FromMilliseconds(100)],
        ScanEvery = TimeSpan.FromMilliseconds(500),
        TakeOverAfter = TimeSpan.FromSeconds(5),
    }, Engine);

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected virtual string Engine => "moonshine";

    protected abstract Task<string?> DatabaseAsync();
}

public class SqliteServer : ServerFixture
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

/// <summary>One that chooses the engine itself: Whisper, whose weights lie beside the checkout.</summary>
public sealed class WhisperServer : SqliteServer
{
    protected override string Engine => "auto";
}

public sealed class PostgresServer(PostgresCluster cluster) : ServerFixture
{
    protected override async Task<string?> DatabaseAsync() => await cluster.CreateDatabaseAsync();
}
