using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Libretto.Tests.Support;

[assembly: AssemblyFixture(typeof(S3Server))]

namespace Libretto.Tests.Support;

/// <summary>
/// s3rver, a real S3 server from npm, on a loopback port, started when first asked for: it checks signatures and keeps a bucket
/// <c>songs</c>.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "songs";

    /// <summary>The only key it knows; the secret is the same word.</summary>
    public const string Key = "S3RVER";

    private readonly ScratchFolder _folder = new();
    private readonly SemaphoreSlim _once = new(1);
    private Process? _server;

    public int Port { get; } = FreePort();

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Waits until it answers; skips the test, counted, where it cannot be fetched.</summary>
    public async Task StartAsync()
    {
        await _once.WaitAsync();
        try
        {
            _server ??= await StartServerAsync();
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill();
            await _server.WaitForExitAsync();
        }
        _server?.Dispose();
        _folder.Dispose();
        _once.Dispose();
    }

    private async Task<Process> StartServerAsync()
    {
        var program = Path.Combine(await InstallAsync(), "serve.cjs");
        var server = Process.Start(new ProcessStartInfo("node", [program, $"{Port}", _folder.Path, Bucket]))!;
        using var http = new HttpClient();
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                await http.GetStringAsync(new Uri(Address, Bucket));
                return server;
            }
            catch (HttpRequestException) when (since.Elapsed < TimeSpan.FromSeconds(30) && !server.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Fetched once, by its lock file.</summary>
    private static async Task<string> InstallAsync()
    {
        var folder = Directory.CreateDirectory(Repository.File("artifacts", "s3-server")).FullName;
        foreach (var file in Directory.GetFiles(Repository.File("tests", "Libretto.Tests", "Storage", "S3Server")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (File.Exists(Path.Combine(folder, "node_modules", "@20minutes", "s3rver", "package.json")))
            return folder;
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--silent", "--no-audit", "--no-fund"]) { WorkingDirectory = folder })!;
            await npm.WaitForExitAsync();
            Assert.SkipUnless(npm.ExitCode == 0, "npm cannot fetch the S3 server");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node and npm are not installed");
        }
        return folder;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
