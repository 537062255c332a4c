using System.Net.Sockets;
using Libretto.Acquire.YtDlp;
using Libretto.Audio;
using Libretto.Storage;
using Libretto.Tools;

namespace Libretto.Acquire;

/// <summary>
/// From a link to a file: the store is asked first, then the file itself where the link names one, else yt-dlp. What was fetched is
/// kept in the store, so the same link is not fetched twice, however it is written.
/// </summary>
public sealed class LinkFetch
{
    /// <summary>The first part of the keys under which a store remembers links.</summary>
    public const string StoreFolder = StoreFolders.Links;

    private readonly DirectSource _direct;
    private readonly YtDlpSource _ytDlp;
    private readonly AudioDecoder _decoder;
    private readonly NetworkGuard _guard;
    private readonly Func<IContentStore> _store;
    private readonly string? _cookies;
    private readonly TimeProvider _time;

    /// <param name="direct">Fetches media files.</param>
    /// <param name="ytDlp">Fetches what pages play.</param>
    /// <param name="decoder">Says what was fetched.</param>
    /// <param name="guard">Says where links may lead.</param>
    /// <param name="store">Opens the store.</param>
    /// <param name="cookies">The user's own file of cookies, if there is one; read for each download.</param>
    /// <param name="time">Tells whether cookies have expired.</param>
    internal LinkFetch(
        DirectSource direct, YtDlpSource ytDlp, AudioDecoder decoder, NetworkGuard guard, Func<IContentStore> store, string? cookies,
        TimeProvider time)
    {
        (_direct, _ytDlp, _decoder, _guard, _store, _cookies, _time) = (direct, ytDlp, decoder, guard, store, cookies, time);
    }

    /// <summary>The song of a link that was fetched before; null when it was not, or the store cannot be asked.</summary>
    /// <exception cref="AcquireException"><c>link_private</c>: links may not lead there.</exception>
    public async Task<KnownLink?> FindAsync(SongLink link, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        _guard.Check(link);
        return await FindAsync(link.Key, cancellationToken);
    }

    /// <summary>Forgets where links led that were noted before a moment, unless their songs are still needed.</summary>
    /// <param name="before">What was noted later stays.</param>
    /// <param name="isNeeded">Says whether someone has use for the sound under a key of the store.</param>
    /// <param name="cancellationToken">Stops after the note at hand.</param>
    /// <exception cref="StorageException">The store cannot be asked, or not be written.</exception>
    public Task ForgetAsync(DateTimeOffset before, Func<string, Task<bool>> isNeeded, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(isNeeded);
        return new LinkMemo(_store()).ForgetAsync(before, isNeeded, cancellationToken);
    }

    /// <summary>Brings a link's song into a file.</summary>
    /// <param name="request">The link and how to fetch it.</param>
    /// <param name="progress">Told on whichever thread reads.</param>
    /// <param name="cancellationToken">Ends the download and its programs at once.</param>
    /// <exception cref="LibrettoException">The link, the site, the network, a limit or a program; its message says what to do.</exception>
    public async Task<FetchedLink> FetchAsync(
        LinkRequest request, IProgress<FetchProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        _guard.Check(request.Link);
        var isAsked = request.Keep && !request.Fresh;
        var known = isAsked ? await FindAsync(request.Link.Key, cancellationToken) : null;
        if (known is not null && await RecallAsync(known, request, cancellationToken) is { } recalled)
            return recalled;

        var notices = await NoticesAsync(request.Link, cancellationToken);
        var fetch = new SongFetch(request.Link, request.Folder)
        {
            Limits = request.Limits,
            Cookies = request.Cookies ?? OwnCookies(request, notices),
            // Only now is known what the site itself calls the song.
            IsWanted = async (facts, token) =>
                !isAsked || facts.Key == request.Link.Key || (known = await FindAsync(facts.Key, token)) is null,
        };
        var fetched = await DownloadAsync(fetch, progress, cancellationToken);
        if (fetched.Path is null)
            return await RecallAsync(known!, request, cancellationToken)
                ?? await FetchAsync(request with { Fresh = true }, progress, cancellationToken);
        return await KeepAsync(request, fetched, notices, cancellationToken);
    }

    /// <summary>The songs of a link that leads to a list of them; null where it leads to a song, or to something else.</summary>
    /// <param name="request">The link, by <see cref="SongLink.ParseList"/>, and an empty folder.</param>
    /// <param name="most">How many songs are wanted at most, from 1.</param>
    /// <param name="cancellationToken">Ends the asking at once.</param>
    /// <exception cref="LibrettoException">The link, the site, the network, or yt-dlp is missing; its message says what to do.</exception>
    public async Task<SongPlaylist?> ListAsync(LinkRequest request, int most, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        _guard.Check(request.Link);
        if (request.Link.NamesMediaFile)
            return null;
        var fetch = new SongFetch(request.Link, request.Folder)
        {
            Limits = request.Limits, Cookies = request.Cookies ?? OwnCookies(request, []),
        };
        return await _ytDlp.ListAsync(fetch, most, cancellationToken);
    }

    private CookieJar? OwnCookies(LinkRequest request, List<string> notices)
    {
        try
        {
            return _cookies is null ? null : CookieJar.ReadFile(_cookies, _time.GetUtcNow());
        }
        catch (AcquireException e) when (request.WithoutBadCookies)
        {
            notices.Add(e.Message);
            return null;
        }
    }

    private async Task<FetchedSong> DownloadAsync(SongFetch fetch, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        if (fetch.Link.NamesMediaFile && await TryDirectAsync(fetch, progress, cancellationToken) is { } file)
            return file;
        try
        {
            return await _ytDlp.FetchAsync(fetch, progress, cancellationToken);
        }
        catch (ToolException e) when (e.Code == ErrorCodes.ToolMissing && !fetch.Link.NamesMediaFile)
        {
            // It may be a media file all the same, although its address does not say so.
            if (fetch.Link.VideoId is null && await TryDirectAsync(fetch, progress, cancellationToken) is { } song)
                return song;
            throw;
        }
    }

    /// <summary>
    /// Null when yt-dlp should try: the link leads to a page, which may play the song, or wants the cookies that yt-dlp shows.
    /// </summary>
    private async Task<FetchedSong?> TryDirectAsync(
        SongFetch fetch, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return await _direct.FetchAsync(fetch, progress, cancellationToken);
        }
        catch (AcquireException e) when (e.Code == ErrorCodes.LinkUnsupported ||
            (fetch.Cookies is not null && e.Code is (ErrorCodes.LinkSignIn or ErrorCodes.LinkRefused)))
        {
            return null;
        }
    }

    /// <summary>Looks at what came, and remembers it. A store that is away or full costs only the memory.</summary>
    private async Task<FetchedLink> KeepAsync(
        LinkRequest request, FetchedSong fetched, List<string> notices, CancellationToken cancellationToken)
    {
        var info = await ProbeAsync(request, fetched.Path!, cancellationToken);
        var facts = fetched.Facts with
        {
            Title = fetched.Facts.Method == DirectSource.Method
                ? info.Tag("title") ?? fetched.Facts.Title
                : fetched.Facts.Title ?? info.Tag("title"),
            Artist = fetched.Facts.Method == DirectSource.Method
                ? info.Tag("artist") ?? fetched.Facts.Artist
                : fetched.Facts.Artist ?? info.Tag("artist"),
            Album = fetched.Facts.Album ?? info.Tag("album"),
            Duration = info.Duration ?? fetched.Facts.Duration,
            HasCover = info.HasCoverArt,
        };
        string? audioKey = null;
        try
        {
            if (request.Keep)
            {
                var store = _store();
                var audio = await store.AddFileAsync(AudioContent.Folder, fetched.Path!, AudioContent.Describe(info), cancellationToken);
                audioKey = audio.Key;
                // What only some are shown is not remembered for all.
                if (request.Cookies is null)
                    await new LinkMemo(store).KeepAsync(request.Link, new KnownLink(facts, audioKey), cancellationToken);
            }
        }
        catch (StorageException e)
        {
            notices.Add($"The song cannot be kept for the next time: {e.Message}");
        }
        return new FetchedLink(facts, fetched.Path!) { AudioKey = audioKey, Notices = notices };
    }

    private async Task<AudioInfo> ProbeAsync(LinkRequest request, string path, CancellationToken cancellationToken)
    {
        try
        {
            var info = await _decoder.ProbeAsync(path, cancellationToken);
            return info.Duration > request.Limits.Duration.TotalSeconds
                ? throw AcquireException.TooLong(info.Duration, request.Limits.Duration)
                : info;
        }
        catch (AudioException)
        {
            throw AcquireException.Unsupported(request.Link.Address.AbsoluteUri);
        }
    }

    private async Task<FetchedLink?> RecallAsync(KnownLink known, LinkRequest request, CancellationToken cancellationToken)
    {
        var path = Path.Combine(request.Folder, "known");
        try
        {
            return await _store().CopyToFileAsync(known.AudioKey, path, cancellationToken)
                ? new FetchedLink(known.Facts, path) { AudioKey = known.AudioKey, FromStore = true }
                : null;
        }
        catch (StorageException)
        {
            File.Delete(path);
            return null;
        }
    }

    private async Task<KnownLink?> FindAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await new LinkMemo(_store()).FindAsync(key, cancellationToken);
        }
        catch (StorageException)
        {
            // What cannot be asked is as good as empty.
            return null;
        }
    }

    private async Task<List<string>> NoticesAsync(SongLink link, CancellationToken cancellationToken)
    {
        try
        {
            return await _guard.LeadsInsideAsync(link, cancellationToken)
                ? [$"{link.Address.Authority} lies inside your network; a job service goes there only if LIBRETTO_ALLOW_NETWORKS names it."]
                : [];
        }
        catch (SocketException)
        {
            return [];
        }
    }
}

/// <summary>A link to fetch.</summary>
/// <param name="Link">The link.</param>
/// <param name="Folder">A folder of the caller's, empty, for the file.</param>
public sealed record LinkRequest(SongLink Link, string Folder)
{
    /// <summary>How much of everything at most.</summary>
    public FetchLimits Limits { get; init; } = new();

    /// <summary>Cookies for this link alone; null (the default) takes the user's file of cookies, if there is one.</summary>
    public CookieJar? Cookies { get; init; }

    /// <summary>
    /// True to go without the user's file of cookies where that is of no use, since most links need none; false (the default)
    /// refuses.
    /// </summary>
    public bool WithoutBadCookies { get; init; }

    /// <summary>True to fetch it anew even if it is in the store; false by default.</summary>
    public bool Fresh { get; init; }

    /// <summary>Whether the store is asked first and given the song afterwards; true by default.</summary>
    public bool Keep { get; init; } = true;
}

/// <summary>A link that was fetched before.</summary>
/// <param name="Facts">What is known of its song.</param>
/// <param name="AudioKey">Where its sound lies in the store.</param>
public sealed record KnownLink(SongFacts Facts, string AudioKey);

/// <summary>A link's song, as a file.</summary>
/// <param name="Facts">What is known of it.</param>
/// <param name="Path">The file, in the request's folder.</param>
public sealed record FetchedLink(SongFacts Facts, string Path)
{
    /// <summary>Where its sound lies in the store; null when it could not be kept.</summary>
    public string? AudioKey { get; init; }

    /// <summary>Whether nothing was fetched, because the store had it.</summary>
    public bool FromStore { get; init; }

    /// <summary>What the user should know, in sentences.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
