namespace Libretto.Acquire;

/// <summary>The many addresses of one YouTube video.</summary>
internal static class YouTubeAddress
{
    private const int IdLength = 11;

    // Paths whose next part is the video.
    private static readonly string[] s_beforeId = ["shorts", "embed", "live", "v", "e", "vi", "watch"];

    // Paths that lead to many videos.
    private static readonly string[] s_lists = ["playlist", "channel", "c", "user", "results", "feed", "hashtag", "browse", "podcast"];

    public static bool IsYouTube(Uri address) =>
        address.Host is "youtu.be" or "www.youtu.be" or "youtube-nocookie.com" or "www.youtube-nocookie.com" or "youtube.com" ||
        address.Host.EndsWith(".youtube.com", StringComparison.Ordinal);

    /// <summary>The video's id; null when this is no address of a YouTube video.</summary>
    public static string? VideoId(Uri address)
    {
        if (!IsYouTube(address))
            return null;
        var parts = Parts(address);
        var found = Query(address, "v")
            ?? (address.Host.EndsWith("youtu.be", StringComparison.Ordinal) ? parts.FirstOrDefault()
            : parts.Length > 1 && s_beforeId.Contains(parts[0]) ? parts[1]
            : parts is ["attribution_link"] && Query(address, "u") is { } inner && Uri.TryCreate(
                address, inner, out var target) ? Query(target, "v")
            : null);
        return IsId(found) ? found : null;
    }

    /// <summary>Whether an address of YouTube's leads to many videos and names none of them.</summary>
    public static bool IsList(Uri address)
    {
        var parts = Parts(address);
        return VideoId(address) is null &&
            (parts.Length == 0 || parts[0].StartsWith('@') || s_lists.Contains(parts[0]) || Query(address, "list") is not null);
    }

    private static bool IsId(string? text) =>
        text is { Length: IdLength } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string[] Parts(Uri address) => address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static string? Query(Uri address, string name) => address.Query.TrimStart('?').Split('&')
        .Select(pair => pair.Split('=', 2))
        .Where(pair => pair[0] == name && pair.Length == 2)
        .Select(pair => Uri.UnescapeDataString(pair[1]))
        .FirstOrDefault();
}
