using System.Text.RegularExpressions;

namespace Libretto.Acquire;

/// <summary>A link to one song, and what tells it from all others however it is written.</summary>
public sealed partial record SongLink
{
    // Who sent the visitor, not where to; a link is the same without.
    private static readonly HashSet<string> s_tracking = new(StringComparer.OrdinalIgnoreCase)
    {
        "fbclid", "gclid", "igshid", "mc_cid", "mc_eid",
    };

    // Where a word without a scheme is a link, not the name of a file that is not there.
    private static readonly string[] s_sites =
    [
        "youtu.be", "youtube.com", "youtube-nocookie.com", "vimeo.com", "soundcloud.com", "bandcamp.com", "mixcloud.com", "audiomack.com",
        "archive.org", "dailymotion.com", "dai.ly", "twitch.tv", "tiktok.com", "instagram.com", "facebook.com", "fb.watch", "x.com",
        "twitter.com",
        "bilibili.com", "b23.tv", "nicovideo.jp", "vk.com", "rutube.ru", "jamendo.com",
    ];

    private SongLink(Uri address, string key, string? videoId)
    {
        (Address, Key, VideoId) = (address, key, videoId);
    }

    /// <summary>The address, always http or https, without fragment, credentials and what only tracks visitors.</summary>
    public Uri Address { get; }

    /// <summary><c>youtube:ID</c> or <c>vimeo:ID</c> where the address itself says so, else the address without its scheme.</summary>
    public string Key { get; }

    /// <summary>The site's own identifier of the video, where the address itself says it.</summary>
    public string? VideoId { get; }

    /// <summary>Reads a link as users paste it.</summary>
    /// <exception cref="AcquireException">It is none, is of another scheme such as <c>file:</c>, or leads to a list of songs.</exception>
    public static SongLink Parse(string text)
    {
        var address = AddressOf(text);
        if (IsList(address))
            throw AcquireException.Playlist(text);
        if (YouTubeAddress.VideoId(address) is { } id)
            return new SongLink(new Uri($"https://www.youtube.com/watch?v={id}"), $"youtube:{id}", id);
        if (VimeoId(address) is { } number)
            return new SongLink(address, $"vimeo:{number}", number);
        return Plain(address);
    }

    /// <summary>Reads a link that may lead to a list of songs, for <see cref="LinkFetch.ListAsync"/>.</summary>
    /// <exception cref="AcquireException">It is none, or is of another scheme such as <c>file:</c>.</exception>
    public static SongLink ParseList(string text) => Plain(AddressOf(text));

    private static SongLink Plain(Uri address) => new(address, $"{address.Authority}{address.PathAndQuery}", null);

    private static Uri AddressOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Uri.TryCreate(WithScheme(text.Trim()), UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https") ||
            given.Host.Length == 0)
            throw AcquireException.NoLink(text);
        return Normalise(given);
    }

    /// <summary>
    /// Whether a command line's word is meant as a link rather than a file: it names a scheme, or a site that songs are known to come
    /// from (<c>youtu.be/ID</c>, <c>www.</c>…) and no file of that name is there.
    /// </summary>
    public static bool LooksLikeLink(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains("://", StringComparison.Ordinal))
            return Uri.TryCreate(text.Trim(), UriKind.Absolute, out _);
        return Bare().Match(text.Trim()) is { Success: true } bare && IsSite(bare.Groups["host"].Value) && !Path.Exists(text);
    }

    /// <summary>Whether the address itself ends like a media file's.</summary>
    internal bool NamesMediaFile => Path.GetExtension(Address.AbsolutePath).ToLowerInvariant() is
        ".mp3" or ".m4a" or ".m4b" or ".aac" or ".flac" or ".ogg" or ".oga" or ".opus" or ".wav" or ".wave" or ".aif" or
        ".aiff" or ".wma" or
        ".mp4" or ".m4v" or ".webm" or ".mkv" or ".mka" or ".mov" or ".avi" or ".3gp" or ".ogv";

    /// <summary>People copy addresses without what browsers hide.</summary>
    private static string WithScheme(string text) => Bare().IsMatch(text) ? $"https://{text.TrimStart('/')}" : text;

    private static bool IsSite(string host) =>
        host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ||
        s_sites.Any(site => ("." + host).EndsWith("." + site, StringComparison.OrdinalIgnoreCase));

    /// <summary>A host with a name, not a number, and what it is asked for.</summary>
    [GeneratedRegex(@"^(//)?(?<host>([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(:\d{1,5})?/\S", RegexOptions.IgnoreCase)]
    private static partial Regex Bare();

    private static Uri Normalise(Uri given)
    {
        var query = given.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => pair.Split('=')[0] is var name && !s_tracking.Contains(name) &&
                !name.StartsWith("utm_", StringComparison.OrdinalIgnoreCase));
        return new UriBuilder(given)
        {
            UserName = "", Password = "", Fragment = "", Query = string.Join('&', query), Host = given.IdnHost.TrimEnd('.'),
        }.Uri;
    }

    private static bool IsList(Uri address)
    {
        if (YouTubeAddress.IsYouTube(address))
            return YouTubeAddress.IsList(address);
        return address.Host.EndsWith("soundcloud.com", StringComparison.Ordinal) &&
            address.AbsolutePath.Contains("/sets/", StringComparison.Ordinal)
            || address.Host.EndsWith(".bandcamp.com", StringComparison.Ordinal) && address.AbsolutePath.StartsWith(
                "/album/", StringComparison.Ordinal);
    }

    private static string? VimeoId(Uri address)
    {
        if (address.Host is not ("vimeo.com" or "www.vimeo.com" or "player.vimeo.com"))
            return null;
        var parts = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var number = parts.FirstOrDefault() == "video" ? parts.ElementAtOrDefault(1) : parts.FirstOrDefault();
        return number is { Length: > 3 } && number.All(char.IsAsciiDigit) ? number : null;
    }
}
