using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Libretto.Cli.Tests.Support;

/// <summary>
/// A server that takes lyrics as Jellyfin's documentation says: <c>GET /Items</c> and <c>POST /Audio/{itemId}/Lyrics</c>, with a key. It
/// checks what comes as the real one does: the key, the item, the body's length, the ending of the name, and that the song has no lyrics
/// there yet.
/// </summary>
internal sealed class JellyfinServer : IDisposable
{
    public const string Key = "0123456789abcdef0123456789abcdef";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (string Name, string Path, string[] Artists)> _items = new(StringComparer.Ordinal);

    public JellyfinServer()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/jellyfin";
        }
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Address { get; }

    /// <summary>What was taken: the item, the file's name and its text.</summary>
    public ConcurrentDictionary<string, (string FileName, string Text)> Taken { get; } = new(StringComparer.Ordinal);

    /// <summary>What was asked for and how it was answered.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Adds a song as the server's own scan would.</summary>
    public string Add(string name, string path, params string[] artists)
    {
        var id = Guid.NewGuid().ToString("N");
        _items[id] = (name, path, artists);
        return id;
    }

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var response = context.Response;
                var (status, body) = Answer(context.Request);
                Requests.Enqueue($"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath} {status}");
                response.StatusCode = status;
                response.ContentType = "application/json";
                response.OutputStream.Write(Encoding.UTF8.GetBytes(body));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private (int Status, string Body) Answer(HttpListenerRequest request)
    {
        if (request.Headers["Authorization"] != $"MediaBrowser Token=\"{Key}\"")
            return (401, "");
        var query = request.QueryString;
        string[] path = request.Url!.AbsolutePath.Split('/')[2..];
        if (request.HttpMethod == "GET" && path is ["Items"])
        {
            if (query["recursive"] != "true" || query["includeItemTypes"] != "Audio" || query["fields"]?.Contains("Path", StringComparison.Ordinal) != true)
                return (400, "");
            var found = _items.Where(item => item.Value.Name.Contains(query["searchTerm"] ?? "", StringComparison.OrdinalIgnoreCase))
                .Select(item => new { Id = item.Key, item.Value.Name, item.Value.Path, item.Value.Artists, Type = "Audio" }).ToList();
            return (200, JsonSerializer.Serialize(new { Items = found, TotalRecordCount = found.Count }));
        }
        if (request.HttpMethod != "POST" || path is not ["Audio", var id, "Lyrics"])
            return (404, "");
        if (!_items.ContainsKey(id))
            return (404, "");
        if (request.ContentLength64 <= 0 || request.ContentType?.StartsWith("text/plain", StringComparison.Ordinal) != true ||
            Path.GetExtension(query["fileName"]) is not (".lrc" or ".elrc" or ".txt"))
            return (400, "");
        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        return Taken.TryAdd(id, (query["fileName"]!, reader.ReadToEnd())) ? (200, "{\"Metadata\":{},\"Lyrics\":[]}") : (500, "");
    }
}
