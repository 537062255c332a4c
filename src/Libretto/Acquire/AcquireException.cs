using System.Globalization;

namespace Libretto.Acquire;

/// <summary>A link cannot be taken in: what it leads to, whoever asks, or this machine's place in the network stands against it.</summary>
public sealed class AcquireException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public AcquireException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    /// <summary>Whether another machine, with an address, cookies and programs of its own, may succeed where this one did not.</summary>
    public bool ElsewhereMayHelp { get; private init; }

    // What was asked for.

    internal static AcquireException NoLink(string text) => new(
        ErrorKind.Input, ErrorCodes.LinkInvalid,
        $"'{Shown(text)}' is no link that songs can be fetched from. Give an address that begins with http:// or https://.");

    internal static AcquireException Playlist(string address) => new(
        ErrorKind.Input, ErrorCodes.LinkPlaylist,
        $"{Shown(address)} is a list of songs. Give the link of one song, " +
            "or have all of them made: on the command line with --playlist, at a server as a list.");

    internal static AcquireException Private(string host) => new(
        ErrorKind.Input, ErrorCodes.LinkPrivate,
        $"{Shown(host)} lies inside a network that links may not lead into, or sends on to one. Whoever runs Libretto can open it with " +
            $"LIBRETTO_ALLOW_NETWORKS.");

    // What was found there.

    internal static AcquireException Unsupported(string address) => new(
        ErrorKind.Input, ErrorCodes.LinkUnsupported,
        $"No song was found at {Shown(address)}. Give the link of a page that plays it, or download the file and give that.");

    internal static AcquireException NotPublic() => new(
        ErrorKind.Input, "link_not_public", "The song is private: its owner shows it to few. Give another link to it.");

    internal static AcquireException Removed() => new(
        ErrorKind.Input, "link_removed", "The song is not there any more, or never was. Check the link, or give another.");

    internal static AcquireException Protected() => new(
        ErrorKind.Input, "link_protected",
        "The site protects its songs against copying (DRM), so they cannot be fetched. Give another link to the song.");

    internal static AcquireException Live() => new(
        ErrorKind.Input, "link_live", "The link leads to a live stream, which has no end. Give one to a recording.");

    internal static AcquireException TooLong(double? seconds, TimeSpan limit) => new(
        ErrorKind.TooLarge, "link_too_long",
        Invariant($"The recording is {(seconds is { } known ? Invariant($"{known / 60:0} minutes long") : "too long")}; the limit is ") +
            Invariant($"{limit.TotalMinutes:0.#} minutes. Give the link of a single song."));

    internal static AcquireException TooBig(long limit) => new(
        ErrorKind.TooLarge, "link_too_big",
        Invariant($"The recording is larger than the limit of {limit / 1_000_000} MB, or does not end. Give the link of a single song."));

    // Who asks, and from where.

    internal static AcquireException SignIn() => new(
        ErrorKind.Input, ErrorCodes.LinkSignIn,
        "The site wants to see a signed-in user, or takes this machine for a robot. Export the cookies of a signed-in browser " +
        "in the Netscape format and give the file with --cookies or LIBRETTO_COOKIES.")
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException Age() => new(
        ErrorKind.Input, ErrorCodes.LinkAge,
        "The site shows the song to adults only. Give the cookies of a signed-in adult with --cookies or LIBRETTO_COOKIES.")
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException GeoBlocked() => new(
        ErrorKind.Input, "link_geo_blocked",
        "The song is not shown in the country of this machine. Set LIBRETTO_PROXY to a proxy elsewhere, or give another link to it.")
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException RateLimited() => new(
        ErrorKind.Failed, "link_rate_limited",
        "The site has had too many requests from this machine's address. Try again later, or set LIBRETTO_PROXY.", isTransient: true)
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException Refused() => new(
        ErrorKind.Input, ErrorCodes.LinkRefused,
        "The site refuses to hand out the song (403 Forbidden). Update yt-dlp if it is older than a few months; cookies (--cookies) or a " +
            "proxy (LIBRETTO_PROXY) may help too.")
    {
        ElsewhereMayHelp = true,
    };

    // The way there.

    internal static AcquireException Unreachable(string address, Exception? inner = null) => new(
        ErrorKind.Failed, "link_unreachable",
        $"{Shown(address)} cannot be reached. Check the link and the network; behind a proxy set LIBRETTO_PROXY.", isTransient: true, inner)
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException SiteTrouble(string address, int? status = null) => new(
        ErrorKind.Failed, "link_site_error",
        $"{Shown(address)} answers, but with an error of its own{(status is { } code ? Invariant($" ({code})") : "")}. " +
        "Try again later, or give another link to the song.",
        isTransient: true)
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException RedirectLoop(string address) => new(
        ErrorKind.Input, "link_loop",
        $"{Shown(address)} sends on in circles and never to a song. " +
        "Open the link in a browser and give the address it ends at, or give another link.")
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException PageTooBig(string address) => new(
        ErrorKind.TooLarge, "link_page_too_big",
        $"The page at {Shown(address)} is far larger than any that plays a song. Give the link of a single song.");

    internal static AcquireException TooSlow(TimeSpan limit, Exception? inner = null) => new(
        ErrorKind.Failed, "link_too_slow",
        Invariant($"The download took longer than {limit.TotalMinutes:0.#} minutes and was given up. Try again."), isTransient: true, inner)
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException Outdated(string said) => new(
        ErrorKind.Failed, "ytdlp_outdated",
        $"yt-dlp no longer understands the site ({said}). Install its newest version and set LIBRETTO_YTDLP if that lies elsewhere.")
    {
        ElsewhereMayHelp = true,
    };

    internal static AcquireException Failed(string said) => new(
        ErrorKind.Failed, "link_failed", $"The song could not be fetched ({said}). Check that the link plays in a browser, then try again.")
    {
        ElsewhereMayHelp = true,
    };

    // Settings.

    internal static AcquireException CookiesMissing(string path, Exception? inner = null) => new(
        ErrorKind.Usage, "cookies_missing", $"The cookie file {path} cannot be read. Correct --cookies or LIBRETTO_COOKIES.", inner: inner);

    internal static AcquireException CookiesBroken(string what) => new(
        ErrorKind.Usage, "cookies_invalid",
        $"{what} is not in the Netscape format: seven fields a line, separated by tabs. Export the cookies with a browser extension that " +
            $"writes cookies.txt.");

    internal static AcquireException CookiesExpired(string what, DateTimeOffset since) => new(
        ErrorKind.Usage, "cookies_expired",
        Invariant($"All cookies in {what} have expired, the last on {since:yyyy-MM-dd}. Export them anew from a signed-in browser."));

    internal static AcquireException BadNetwork(string text) => new(
        ErrorKind.Usage, "network_invalid",
        $"'{text}' is no network. Give CIDR notation such as 10.0.0.0/8, several separated by commas, in LIBRETTO_ALLOW_NETWORKS.");

    /// <summary>Links come from anyone and may be as long as they like.</summary>
    private static string Shown(string text)
    {
        const int Longest = 200;
        var clean = OneLine.Of(text);
        return clean.Length <= Longest ? clean : clean[..Longest] + "…";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
