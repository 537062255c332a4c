using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Security.AntiSSRF;

namespace Libretto.Acquire;

/// <summary>
/// A link to a media file itself, fetched by HTTP, redirects and all, under the guard's policy and the download's limits.
/// </summary>
public sealed class DirectSource : ISongSource
{
    internal const string Method = "http";
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    // What servers call files that they know nothing of.
    private static readonly string[] s_anything = ["application/octet-stream", "binary/octet-stream", "application/ogg",
        "application/x-download", "application/force-download"];

    // Lists of addresses, whatever their first word says.
    private static readonly string[] s_lists = ["audio/mpegurl", "audio/x-mpegurl", "audio/x-scpls", "video/vnd.mpeg.dash.mpd"];

    private readonly NetworkGuard _guard;
    private readonly Uri? _proxy;
    private readonly TimeProvider _time;

    /// <summary>Creates the source.</summary>
    /// <param name="guard">Says where connections may lead.</param>
    /// <param name="proxy">The user's own HTTP proxy; none when null.</param>
    /// <param name="time">Measures limits; the system's clock when null.</param>
    public DirectSource(NetworkGuard guard, Uri? proxy = null, TimeProvider? time = null)
    {
        (_guard, _proxy, _time) = (guard, proxy, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    /// <remarks>A page, or anything else that is no media file, is <c>link_unsupported</c>.</remarks>
    public async Task<FetchedSong> FetchAsync(SongFetch request, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _guard.Check(request.Link);
        await using var proxy = _proxy is null ? null : new GuardedProxy(_guard, _proxy, request.Limits.Bytes * 2);
        using var handler = proxy is null ? _guard.CreateHandler() : new SocketsHttpHandler { Proxy = new WebProxy(proxy.Address),
            MaxAutomaticRedirections = 8 };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var limit = new CancellationTokenSource(request.Limits.Time, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await FetchAsync(http, request, progress, stop.Token);
        }
        catch (AntiSSRFException)
        {
            throw AcquireException.Private(request.Link.Address.Authority);
        }
        catch (Exception e) when (e is HttpRequestException or IOException { InnerException: SocketException } or HttpIOException or
            SocketException or System.Security.Authentication.AuthenticationException)
        {
            throw proxy?.Refusal ?? AcquireException.Unreachable(request.Link.Address.Authority, e);
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            // A redirect to another scheme, such as file, or to the address that stands for all of this machine's.
            throw AcquireException.Private(request.Link.Address.Authority);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw limit.IsCancellationRequested
                ? AcquireException.TooSlow(request.Limits.Time, e)
                : AcquireException.Unreachable(request.Link.Address.Authority, e);
        }
    }

    private async Task<FetchedSong> FetchAsync(
        HttpClient http, SongFetch request, IProgress<FetchProgress>? progress, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, request.Link.Address);
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("libretto", null));
        message.Headers.Accept.ParseAdd("audio/*, video/*;q=0.9, */*;q=0.5");
        message.Headers.AcceptEncoding.ParseAdd("identity");
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        CheckStatus(response, request.Link);
        CheckIsMedia(response, request.Link);
        var length = response.Content.Headers.ContentLength;
        if (length > request.Limits.Bytes)
            throw AcquireException.TooBig(request.Limits.Bytes);

        var (artist, title) = TitleCleaner.Clean(NameOf(response, request.Link));
        var facts = new SongFacts(request.Link.Key) { Url = request.Link.Address.AbsoluteUri, Artist = artist, Title = title,
            Method = Method };
        if (request.IsWanted is { } isWanted && !await isWanted(facts, ct))
            return new FetchedSong(facts, null);
        var path = Path.Combine(request.Folder, "song");
        await SaveAsync(response, path, length, request.Limits.Bytes, progress, ct);
        return new FetchedSong(facts, path);
    }

    private static void CheckStatus(HttpResponseMessage response, SongLink link)
    {
        if (response.IsSuccessStatusCode)
            return;
        throw (int)response.StatusCode switch
        {
            404 or 410 => AcquireException.Removed(),
            401 => AcquireException.SignIn(),
            403 => AcquireException.Refused(),
            429 => AcquireException.RateLimited(),
            451 => AcquireException.GeoBlocked(),
            >= 300 and < 400 => AcquireException.RedirectLoop(link.Address.Authority),
            408 or >= 500 => AcquireException.SiteTrouble(link.Address.Authority, (int)response.StatusCode),
            var status => AcquireException.Failed($"the server answers {status}"),
        };
    }

    private static void CheckIsMedia(HttpResponseMessage response, SongLink link)
    {
        var type = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? s_anything[0];
        var isMedia = (type.StartsWith("audio/", StringComparison.Ordinal) || type.StartsWith("video/", StringComparison.Ordinal) ||
            s_anything.Contains(type))
            && !s_lists.Contains(type);
        if (!isMedia)
            throw AcquireException.Unsupported(link.Address.AbsoluteUri);
        // Internet radio says its name, and never how much there is of it.
        if (response.Content.Headers.ContentLength is null && response.Headers.Concat(response.Content.Headers)
            .Any(header => header.Key.StartsWith("icy-", StringComparison.OrdinalIgnoreCase)))
            throw AcquireException.Live();
    }

    private async Task SaveAsync(
        HttpResponseMessage response, string path, long? length, long most, IProgress<FetchProgress>? progress, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        var buffer = new byte[1 << 17];
        var saved = 0L;
        while (true)
        {
            using var silence = new CancellationTokenSource(LongestSilence, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
            var count = await body.ReadAsync(buffer, either.Token);
            if (count == 0)
                break;
            saved += count;
            if (saved > most)
                throw AcquireException.TooBig(most);
            await WriteAsync(file, buffer.AsMemory(0, count), ct);
            progress?.Report(new FetchProgress(saved, length));
        }
    }

    /// <summary>Trouble here is the disk's, not the network's.</summary>
    private static async Task WriteAsync(FileStream file, ReadOnlyMemory<byte> block, CancellationToken ct)
    {
        try
        {
            await file.WriteAsync(block, ct);
        }
        catch (IOException e)
        {
            throw Storage.StorageException.CannotWrite(Path.GetDirectoryName(file.Name)!, e);
        }
    }

    /// <summary>The file's name as the server gives it, else as it stands in the address.</summary>
    private static string NameOf(HttpResponseMessage response, SongLink link)
    {
        var given = response.Content.Headers.ContentDisposition is { } disposition ? disposition.FileNameStar
            ?? disposition.FileName?.Trim('"') : null;
        var name = given ?? Uri.UnescapeDataString(link.Address.Segments[^1].TrimEnd('/'));
        return Path.GetFileNameWithoutExtension(name).Replace('_', ' ');
    }
}
