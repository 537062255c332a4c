using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Libretto.Cli.Tests.Support;

/// <summary>A small web server on the loopback.</summary>
internal sealed class SongServer : IDisposable
{
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _files = new(StringComparer.Ordinal);
    private readonly HttpListener _listener = new();

    public SongServer()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort()}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _ = AnswerAsync();
    }

    public Uri Address { get; }

    /// <summary>The paths that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public void Serve(string path, string type, byte[] content) => _files[path] = (type, content);

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => Answer(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        Requests.Enqueue(path);
        try
        {
            using var response = context.Response;
            if (!_files.TryGetValue(path, out var file))
            {
                response.StatusCode = 404;
                return;
            }
            response.ContentType = file.Type;
            response.ContentLength64 = file.Content.Length;
            if (context.Request.HttpMethod != "HEAD")
                response.OutputStream.Write(file.Content);
        }
        catch (Exception e) when (e is HttpListenerException or IOException)
        {
            // Whoever asked has heard enough.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
