using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Libretto.Server.Tests.Support;

/// <summary>
/// Debian's nginx in front of a server, by the very lines of docs/proxy.md; ended by its process, however the test ends. Where nginx is
/// not installed its package is unpacked beside the builds; where it cannot be had the test skips, counted.
/// </summary>
internal sealed partial class NginxProxy : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly SemaphoreSlim s_fetching = new(1);

    private readonly ScratchFolder _folder = new();
    private readonly Process _process;

    private NginxProxy(string program, string configuration, int port)
    {
        File.WriteAllText(_folder["nginx.conf"], configuration.Replace("FOLDER", _folder[""].TrimEnd('/'), StringComparison.Ordinal));
        Directory.CreateDirectory(_folder["logs"]);
        _process = Process.Start(new ProcessStartInfo(program, ["-p", _folder[""], "-c", _folder["nginx.conf"], "-e", _folder["error.log"]]) { RedirectStandardError = true })!;
        Address = new Uri($"http://127.0.0.1:{port}/libretto/");
    }

    /// <summary>The server's address as clients see it, with a slash behind.</summary>
    public Uri Address { get; }

    /// <summary>Starts one that serves a server below <c>/libretto</c>.</summary>
    /// <param name="server">The server's own address.</param>
    /// <param name="stripsPath">Whether it takes the path away and sends it as X-Forwarded-Prefix; else it passes it on.</param>
    public static async Task<NginxProxy> StartAsync(Uri server, bool stripsPath)
    {
        var program = await FindAsync();
        var port = FreePort();
        var proxy = new NginxProxy(program, Configuration(port, server, stripsPath), port);
        await proxy.AnswersAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string Configuration(int port, Uri server, bool stripsPath)
    {
        var blocks = Snippet().Matches(File.ReadAllText(Repository.File("docs", "proxy.md"))).Select(block => block.Groups[1].Value).ToList();
        Assert.Equal(3, blocks.Count);
        var location = stripsPath
            ? blocks[1].Replace("    proxy_pass http://127.0.0.1:5400;\n", blocks[2], StringComparison.Ordinal)
            : blocks[1];
        return $$"""
            daemon off;
            worker_processes 1;
            pid FOLDER/nginx.pid;
            events { worker_connections 256; }
            http {
            access_log off;
            client_body_temp_path FOLDER/body;
            proxy_temp_path FOLDER/proxy;
            fastcgi_temp_path FOLDER/fastcgi;
            uwsgi_temp_path FOLDER/uwsgi;
            scgi_temp_path FOLDER/scgi;
            {{blocks[0]}}
            server {
            listen 127.0.0.1:{{port.ToString(CultureInfo.InvariantCulture)}};
            {{location.Replace("127.0.0.1:5400", server.Authority, StringComparison.Ordinal)}}
            }
            }
            """;
    }

    /// <summary>Waits until it answers, whatever the server says.</summary>
    private async Task AnswersAsync()
    {
        using var http = new HttpClient();
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Address, "health"), TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < until && !_process.HasExited)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task<string> FindAsync()
    {
        const string Installed = "/usr/sbin/nginx";
        if (File.Exists(Installed))
            return Installed;
        var folder = Directory.CreateDirectory(Repository.File("artifacts", "nginx")).FullName;
        var unpacked = Path.Combine(folder, "usr", "sbin", "nginx");
        await s_fetching.WaitAsync();
        try
        {
            if (!File.Exists(unpacked))
                await RunAsync("sh", folder, "-c", "apt-get -qq download nginx || { apt-get -qq update && apt-get -qq download nginx; }; dpkg -x nginx_*.deb .");
        }
        finally
        {
            s_fetching.Release();
        }
        Assert.SkipUnless(File.Exists(unpacked), "nginx is not installed, and Debian's package cannot be fetched (apt-get install nginx)");
        return unpacked;
    }

    private static async Task RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("```nginx\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
