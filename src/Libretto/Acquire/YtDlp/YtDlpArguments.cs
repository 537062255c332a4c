using System.Globalization;

namespace Libretto.Acquire.YtDlp;

/// <summary>How yt-dlp is called. It is given nothing but what stands here: no settings file, no other program, no other way out.</summary>
internal static class YtDlpArguments
{
    /// <summary>What the song's file is called.</summary>
    public const string FileName = "song";

    /// <summary>Begins the line that says what was found.</summary>
    public const string FactsMark = "libretto-facts:";

    /// <summary>Begins each line that says how far the download is.</summary>
    public const string ProgressMark = "libretto-progress:";

    // Over HTTP only: any other protocol would get past the proxy.
    private const string Protocols = "[protocol~='^(https?|m3u8|m3u8_native|http_dash_segments)$']";

    // Every field as JSON, empty where there is none, which all versions understand.
    private static readonly string[] s_facts =
    [
        "id", "extractor_key", "title", "track", "artist", "album", "channel", "uploader", "duration", "is_live", "live_status",
        "webpage_url", "thumbnail", "filesize", "filesize_approx", "n_entries", "playlist_count",
    ];

    public static IReadOnlyList<string> Of(SongFetch request, Uri proxy, string? cookies)
    {
        List<string> arguments =
        [
            "--no-playlist", "--playlist-items", "1:2",
            "--format", $"bestaudio{Protocols}/best{Protocols}", "--ffmpeg-location", "/nonexistent", "--fixup", "never",
            "--paths", request.Folder, "--output", FileName, "--no-part", "--no-mtime", "--no-continue",
            "--max-filesize", request.Limits.Bytes.ToString(CultureInfo.InvariantCulture),
            "--fragment-retries", "3", "--abort-on-unavailable-fragment", "--concurrent-fragments", "4",
            "--no-simulate", "--progress", "--newline",
            "--print", $"before_dl:{FactsMark}{{{string.Join(',', s_facts.Select(field => $"\"{field}\":%({field}|)j"))}}}",
            "--progress-template",
            $"download:{ProgressMark}{{\"bytes\":%(progress.downloaded_bytes|)j,\"total\":%(progress.total_bytes|)j," +
            "\"estimate\":%(progress.total_bytes_estimate|)j}",
        ];
        return Call(request.Link, proxy, cookies, arguments);
    }

    /// <summary>What every call has in common, around what one of them is for.</summary>
    /// <param name="link">What is asked about.</param>
    /// <param name="proxy">Its one way out.</param>
    /// <param name="cookies">A file of cookies; null for none.</param>
    /// <param name="own">The call's own options.</param>
    public static IReadOnlyList<string> Call(SongLink link, Uri proxy, string? cookies, IReadOnlyList<string> own) =>
    [
        "--ignore-config", "--proxy", proxy.AbsoluteUri.TrimEnd('/'), "--socket-timeout", "20", "--retries", "3", "--quiet",
        .. own,
        .. cookies is null ? Array.Empty<string>() : ["--cookies", cookies],
        "--", link.Address.AbsoluteUri,
    ];

    /// <summary>Variables for it and its children: none may name a host that goes past the proxy.</summary>
    public static IReadOnlyDictionary<string, string?> Environment(Uri proxy)
    {
        var address = proxy.AbsoluteUri.TrimEnd('/');
        return new Dictionary<string, string?>
        {
            ["http_proxy"] = address, ["https_proxy"] = address, ["all_proxy"] = address, ["no_proxy"] = null,
            ["HTTP_PROXY"] = address, ["HTTPS_PROXY"] = address, ["ALL_PROXY"] = address, ["NO_PROXY"] = null,
            ["PYTHONIOENCODING"] = "utf-8",
        };
    }
}
