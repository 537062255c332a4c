using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Libretto.Bench;

/// <summary>
/// <c>libretto serve</c> as users run it, in a process of its own, and a client that costs little beside it: bodies are made once,
/// answers are read as bytes.
/// </summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProgram(Process process, string address)
    {
        _process = process;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = new Uri(address) };
    }

    public HttpClient Http { get; }

    /// <summary>Processor time so far: of the server, and of this process.</summary>
    public (TimeSpan Server, TimeSpan Client) Cpu
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            _process.Refresh();
            return (_process.TotalProcessorTime, self.TotalProcessorTime);
        }
    }

    public static async Task<ServerProgram> StartAsync(string folder)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo(Paths.Libretto, ["serve", "--data", folder, "--urls", address]) { RedirectStandardError = true };
        start.Environment["LIBRETTO_LOG"] = "warning";
        start.Environment["DATABASE_URL"] = BenchServer.Database ?? "";
        var server = new ServerProgram(Process.Start(start)!, address);
        server._process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        server._process.BeginErrorReadLine();
        while (!await server.IsReadyAsync())
            await Task.Delay(100);
        return server;
    }

    /// <summary>The job as it was answered.</summary>
    public async Task<byte[]> PostAsync(Posting posting)
    {
        using var content = new ByteArrayContent(posting.Body);
        content.Headers.TryAddWithoutValidation("Content-Type", posting.ContentType);
        using var answer = await Http.PostAsync("/api/jobs", content);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Posts a song and waits for its end.</summary>
    public async Task<string> CompleteAsync(Posting posting)
    {
        var id = JsonElement.Parse(await PostAsync(posting)).GetProperty("id").GetString()!;
        await Http.GetStringAsync($"/api/jobs/{id}/events");
        var job = JsonElement.Parse(await Http.GetStringAsync($"/api/jobs/{id}"));
        return job.GetProperty("status").GetString() == "completed" ? id : throw new InvalidOperationException($"The song did not complete: {job}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using (var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            await stop.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited)
            throw new InvalidOperationException("The server has ended.");
        try
        {
            using var answer = await Http.GetAsync("/health");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The body of a post, made once.</summary>
internal sealed record Posting(byte[] Body, string ContentType)
{
    private const string Boundary = "----libretto-bench";

    public static Posting OfFile(string file) => new(
        [
            .. Encoding.UTF8.GetBytes(
                $"--{Boundary}\r\nContent-Disposition: form-data; name=\"options\"\r\n\r\n{{}}\r\n" +
                $"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{Path.GetFileName(file)}\"\r\n\r\n"),
            .. File.ReadAllBytes(file),
            .. Encoding.UTF8.GetBytes($"\r\n--{Boundary}--\r\n"),
        ],
        $"multipart/form-data; boundary={Boundary}");

    public static Posting OfLink(Uri link) => new(Encoding.UTF8.GetBytes($$"""{"url":"{{link}}"}"""), "application/json");
}
