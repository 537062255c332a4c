using System.Globalization;
using System.Text.RegularExpressions;

namespace Libretto.Acquire.YtDlp;

/// <summary>
/// Tells yt-dlp's failures apart by what it says; there is no other way, since its exit code is 1 for nearly all. The words are those
/// of its source and of the sites' own messages that it passes on, and the order matters: what is more telling comes first.
/// </summary>
internal static partial class YtDlpErrors
{
    private const int LongestQuote = 160;

    private static readonly (string[] Words, Func<AcquireException> Error)[] s_known =
    [
        (["http error 429", "too many requests", "rate-limit", "rate limit", "try again later"], AcquireException.RateLimited),
        (["confirm your age", "age-restricted", "age restricted", "age verification", "inappropriate for some users"],
            AcquireException.Age),
        (["in your country", "geo restriction", "geo-restrict", "geo restricted", "georestrict", "from your location", "in your location",
            "in your region", "http error 451"], AcquireException.GeoBlocked),
        (["private video", "video is private", "track is private", "this video has been made private",
            "is private"], AcquireException.NotPublic),
        (["live event", "premieres in", "premiere will begin", "is not currently live", "is offline", "livestream",
            "live hls streams are not supported"], AcquireException.Live),
        (["drm"], AcquireException.Protected),
        (["confirm you're not a bot", "confirm you’re not a bot", "sign in", "log in", "login", "registered users", "account credentials",
            "members-only", "members only", "--cookies", "http error 401", "only available for"], AcquireException.SignIn),
        (["video unavailable", "no longer available", "has been removed", "been deleted", "does not exist",
            "account associated with this video", "been terminated", "video is unavailable", "http error 404", "http error 410",
            "not found"], AcquireException.Removed),
        (["http error 403"], AcquireException.Refused),
    ];

    private static readonly string[] s_unsupported = ["unsupported url", "no suitable extractor", "is not a valid url",
        "no video could be found", "no media found", "no video formats found"];

    private static readonly string[] s_network =
    [
        "urlopen error", "name resolution", "name or service not known", "getaddrinfo", "connection refused", "connection reset",
        "connection aborted",
        "network is unreachable", "no route to host", "timed out", "remote end closed", "tunnel connection failed", "incompleteread",
        "bytes read",
        "content too short", "ssl:", "certificate verify failed", "transporterror", "failed to perform",
    ];

    private static readonly string[] s_loops = ["infinite loop", "redirect error", "too many redirects", "exceeded maximum redirects",
        "toomanyredirects", ") redirects"];

    private static readonly string[] s_outdated =
        ["please report this issue", "yt-dlp -u", "unable to extract", "signature extraction failed", "nsig extraction failed",
            "requested format is not available", "failed to extract any player response"];

    /// <summary>The error that its last words mean.</summary>
    /// <param name="said">What it wrote to its error stream.</param>
    /// <param name="link">What it was to fetch.</param>
    /// <param name="unreachable">The host that the proxy could not reach, if any.</param>
    public static AcquireException Explain(IReadOnlyList<string> said, SongLink link, string? unreachable)
    {
        var errors = said.Where(line => line.StartsWith("ERROR:", StringComparison.Ordinal)).ToList();
        var last = errors is [.., var error] ? error : said is [.., var line] ? line : "it did not say why";
        var text = last.ToLowerInvariant();
        if (s_unsupported.Any(text.Contains))
            return AcquireException.Unsupported(link.Address.AbsoluteUri);
        // What the proxy cannot reach it answers for with 502.
        if (unreachable is not null && (s_network.Any(text.Contains) || text.Contains("http error 502", StringComparison.Ordinal)))
            return AcquireException.Unreachable(unreachable);
        foreach (var (words, known) in s_known)
            if (words.Any(text.Contains))
                return known();
        if (s_loops.Any(text.Contains))
            return AcquireException.RedirectLoop(link.Address.Authority);
        if (ServerError().Match(text) is { Success: true } status)
            return AcquireException.SiteTrouble(
                link.Address.Authority, int.Parse(status.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        if (s_network.Any(text.Contains))
            return AcquireException.Unreachable(link.Address.Authority);
        // Its warnings tell too: parts of the site that it could not read.
        return s_outdated.Any(words => text.Contains(words, StringComparison.Ordinal) ||
            said.Any(warning => warning.Contains(words, StringComparison.OrdinalIgnoreCase)))
            ? AcquireException.Outdated(Quote(last))
            : AcquireException.Failed(Quote(last));
    }

    [GeneratedRegex("http error (5[0-9]{2})")]
    private static partial Regex ServerError();

    /// <summary>What it said, without what only its developers need, and without control characters.</summary>
    private static string Quote(string line)
    {
        var text = OneLine.Of(line.Replace("ERROR:", "", StringComparison.Ordinal));
        foreach (var end in (string[])["; please report", ". Please report", " (caused by"])
            if (text.IndexOf(end, StringComparison.OrdinalIgnoreCase) is > 0 and var at)
                text = text[..at];
        text = text.Trim().TrimEnd('.');
        return text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";
    }
}
