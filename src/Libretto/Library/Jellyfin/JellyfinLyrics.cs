using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Acquire;

namespace Libretto.Library.Jellyfin;

/// <summary>Hands lyrics to a Jellyfin server, by its own API (<c>GET /Items</c>, <c>POST /Audio/{itemId}/Lyrics</c>).</summary>
public sealed class JellyfinLyrics
{
    private const int MostFound = 500;
    private const long TicksInSecond = 10_000_000;

    private readonly HttpClient _http;
    private readonly string _key;

    /// <summary>Creates it; nothing is sent yet.</summary>
    /// <param name="http">Sends; it should follow no redirects, which would lose what is posted.</param>
    /// <param name="server">The server's address, below which its API lies.</param>
    /// <param name="key">An API key of the server's.</param>
    public JellyfinLyrics(HttpClient http, Uri server, string key)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(server);
        (_http, _key) = (http, key);
        Address = new Uri(server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
    }

    /// <summary>The server's address.</summary>
    public Uri Address { get; }

    /// <summary>Hands over the lyrics of a song.</summary>
    /// <param name="song">The song.</param>
    /// <param name="file">Its lyrics: <c>.lrc</c> or <c>.elrc</c>, which the server tells apart by the ending.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False when the server does not know the song, or knows several that it may be.</returns>
    /// <exception cref="LibraryException">The server cannot be reached, or refuses the key or the lyrics.</exception>
    public async Task<bool> UploadAsync(PlannedSong song, string file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(song);
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            if (await FindAsync(song, cancellationToken) is not { } id)
                return false;
            var name = Uri.EscapeDataString(Path.GetFileNameWithoutExtension(song.Path) + Path.GetExtension(file));
            using var body = new StringContent(await File.ReadAllTextAsync(file, cancellationToken), Encoding.UTF8, "text/plain");
            using var answer = await SendAsync(
                HttpMethod.Post, $"Audio/{Uri.EscapeDataString(id)}/Lyrics?fileName={name}", body, song.Path, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException ||
            (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw LibraryException.JellyfinUnreachable(Address.Authority, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LibrettoException(
                ErrorKind.Input, "file_unreadable", $"{file} cannot be read: {e.Message} Change its permissions.", isTransient: true, e);
        }
    }

    /// <summary>The server's own song: the one of the same file, wherever it lies there, else the only one of the same names.</summary>
    private async Task<string?> FindAsync(PlannedSong song, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Get,
            $"Items?recursive=true&includeItemTypes=Audio&fields=Path&limit={MostFound}&searchTerm={Uri.EscapeDataString(song.Title)}",
            null, song.Path, cancellationToken);
        var items = (await answer.Content.ReadFromJsonAsync(JellyfinJson.Default.JellyfinItems, cancellationToken))?.Items ?? [];
        // Servers see the same folders under other roots: the more folders agree, the surer; file and folder at least.
        var files = items.Select(item => (Item: item, Same: SameParts(item.Path, song.Path))).Where(found => found.Same >= 2).ToList();
        if (files.Count > 0)
            return Only(files.Where(found => found.Same == files.Max(other => other.Same)).Select(found => found.Item));
        return song.Artist is not { } artist ? null : Only(items.Where(item =>
            string.Equals(item.Name, song.Title, StringComparison.OrdinalIgnoreCase) &&
            item.Artists?.Contains(artist, StringComparer.OrdinalIgnoreCase) == true &&
            (item.RunTimeTicks is not { } ticks || song.Duration == 0 ||
                Math.Abs(ticks / (double)TicksInSecond - song.Duration) <= LyricsLookup.SameLength)));
    }

    private static string? Only(IEnumerable<JellyfinItem> items) => items.Take(2).ToList() is [var item] ? item.Id : null;

    /// <summary>How many parts two paths have in common, counted from their ends.</summary>
    private static int SameParts(string? one, string other) => one is null ? 0 : Parts(one)
        .Zip(Parts(other)).TakeWhile(pair => pair.First == pair.Second).Count();

    private static IEnumerable<string> Parts(string path) => path.Split('/', '\\').Select(part => part.Normalize()).Reverse();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, string song, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("MediaBrowser", $"Token=\"{_key}\"");
        var answer = await _http.SendAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw LibraryException.JellyfinRefused(Address.Authority, song, answer.StatusCode);
    }
}

/// <summary>Songs as Jellyfin lists them.</summary>
internal sealed record JellyfinItems(IReadOnlyList<JellyfinItem>? Items);

/// <summary>A song of Jellyfin's.</summary>
internal sealed record JellyfinItem(string Id, string? Name, string? Path, IReadOnlyList<string>? Artists, long? RunTimeTicks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.Unspecified)]
[JsonSerializable(typeof(JellyfinItems))]
internal sealed partial class JellyfinJson : JsonSerializerContext;
