using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Libretto.Server.Tests.Support;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace Libretto.Server.Tests.Support;

/// <summary>A PostgreSQL of the tests' own: a cluster in a temporary folder on a loopback port, started when first asked for.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _once = new(1);
    private readonly int _port = FreePort();
    private string? _folder;
    private Process? _server;

    /// <summary>A new, empty database; skips the test, counted, where PostgreSQL is not installed.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await StartAsync();
        var name = "test_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync($"create database {name}");
        return $"postgres://postgres@127.0.0.1:{_port}/{name}";
    }

    /// <summary>Runs a statement as the administrator.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(AddressOf("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Ends a database's connections, as its administrator may; the other tests' go on.</summary>
    public async Task DisconnectAsync(string database)
    {
        await using var connection = new NpgsqlConnection(AddressOf("postgres"));
        await connection.OpenAsync();
        await using var end = new NpgsqlCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = @name", connection);
        end.Parameters.AddWithValue("name", new Uri(database).AbsolutePath[1..]);
        await end.ExecuteNonQueryAsync();
    }

    /// <summary>Stops the server as an administrator would and starts it again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _server = StartServer();
        await WaitAsync();
    }

    /// <summary>Copies a database into a file, as its administrator would.</summary>
    public static Task DumpAsync(string database, string file) =>
        WaitForAsync(new ProcessStartInfo($"{Binaries}/pg_dump", ["--format=custom", $"--file={file}", database]));

    /// <summary>Fills an empty database from such a file.</summary>
    public static Task RestoreAsync(string file, string database) =>
        WaitForAsync(new ProcessStartInfo($"{Binaries}/pg_restore", ["--no-owner", "--exit-on-error", $"--dbname={database}", file]));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        _once.Dispose();
    }

    private async Task StartAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (_server is not null)
                return;
            Assert.SkipUnless(Binaries is not null, "PostgreSQL is not installed (apt-get install postgresql)");
            _folder = Directory.CreateTempSubdirectory("libretto-postgres-").FullName;
            if (Environment.UserName == "root")
                await RunAsync("chown", "postgres", _folder);
            await RunAsUserAsync("initdb", "-D", _folder + "/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions");
            _server = StartServer();
            await WaitAsync();
        }
        finally
        {
            _once.Release();
        }
    }

    private Process StartServer()
    {
        var start = AsUser(
        "postgres", "-D", _folder + "/data", "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
        "-c", "max_connections=300", "-c", "log_min_messages=fatal", "-c", "fsync=off");
        // It tells of every connection that a test's server broke off: nothing a reader of the tests' output could use.
        start.RedirectStandardError = true;
        var server = Process.Start(start)!;
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        return server;
    }

    private async Task StopAsync()
    {
        // By the server's own process id: what we started may be a wrapper that changes the user.
        var pid = int.Parse(File.ReadLines(_folder + "/data/postmaster.pid").First());
        await RunAsync("kill", "-INT", $"{pid}");
        await _server!.WaitForExitAsync();
        _server.Dispose();
    }

    private async Task WaitAsync()
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(AddressOf("postgres"));
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (since.Elapsed < Patience)
            {
                await Task.Delay(100);
            }
        }
    }

    private string AddressOf(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=false";

    private static string? Binaries { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order().Select(folder => folder + "/bin").LastOrDefault(folder => File.Exists(folder + "/initdb"))
        : null;

    private static Task RunAsUserAsync(string program, params string[] arguments) => WaitForAsync(AsUser(program, arguments));

    private static Task RunAsync(string program, params string[] arguments) => WaitForAsync(new ProcessStartInfo(program, arguments));

    private static async Task WaitForAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static ProcessStartInfo AsUser(string program, params string[] arguments)
    {
        var path = $"{Binaries}/{program}";
        var start = Environment.UserName == "root"
            ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = "/tmp";
        return start;
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
