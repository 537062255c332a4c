namespace Libretto.Acquire;

/// <summary>The words by which titles tell of a video rather than of a recording, in the languages whose songs were at hand.</summary>
internal static class TitleNoise
{
    private static readonly char[] s_between = [' ', '/', ',', '+', '&', '-', '–', '|', '_'];

    // They say by themselves what the others mean.
    private static readonly HashSet<string> s_official = new(StringComparer.OrdinalIgnoreCase)
    {
        "official", "oficial", "oficiel", "officiel", "officielle", "offizielles", "offizieller", "ufficiale", "visualizer", "visualiser",
        "videoclip",
        "videoclipe", "remaster", "remastered", "remasterizado", "remasterisé", "lyrics", "lyric", "legendado", "paroles", "songtext",
        "letra",
    };

    private static readonly HashSet<string> s_quality = new(StringComparer.OrdinalIgnoreCase)
    {
        "hd", "hq", "4k", "8k", "uhd", "1080p", "720p", "mv", "m/v",
    };

    private static readonly HashSet<string> s_others = new(StringComparer.OrdinalIgnoreCase)
    {
        "video", "audio", "music", "clip", "vídeo", "clipe", "musik", "musikvideo", "música", "musical", "original", "full", "new", "the",
        "in", "with", "con", "avec", "mit",
        "w", "on", "screen", "color", "coded", "testo", "tekst", "text", "only", "high", "quality", "definition", "explicit", "version",
        "digital", "digitally",
        "sous", "titres", "subtitulado", "subtitles", "tradução", "traduzione", "клип", "премьера", "официальный",
    };

    /// <summary>Whether a text, such as what stands in brackets, is made of nothing else.</summary>
    public static bool AreAll(string text)
    {
        var words = Words(text);
        return words.Length > 0 && words.All(IsOne) && !words.All(IsYear);
    }

    /// <summary>The same where a title's own words could stand: more than one of them, or one that can mean nothing else.</summary>
    public static bool AreUnmistakable(string text)
    {
        var words = Words(text);
        return AreAll(text) && words.Any(word => s_official.Contains(word) || s_quality.Contains(word));
    }

    /// <summary>The text without "official video HD" at its end.</summary>
    public static string WithoutTrailing(string text)
    {
        var words = text.Split(' ');
        var kept = words.Length;
        while (kept > 1 && s_quality.Contains(words[kept - 1]))
            kept--;
        var start = kept;
        while (start > 1 && IsOne(words[start - 1]) && !IsYear(words[start - 1]))
            start--;
        var isTail = kept - start > 1 &&
            words[start..kept]
                .Any(word => word.StartsWith("offi", StringComparison.OrdinalIgnoreCase) ||
                    word.StartsWith("ofi", StringComparison.OrdinalIgnoreCase));
        return string.Join(' ', words[..(isTail ? start : kept)]);
    }

    private static string[] Words(string text) => text.Trim().Equals("m/v", StringComparison.OrdinalIgnoreCase)
        ? ["m/v"]
        : text.Split(s_between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsOne(string word) =>
        s_official.Contains(word) || s_quality.Contains(word) || s_others.Contains(word) || IsYear(word);

    private static bool IsYear(string word) => word.Length == 4 && word.All(char.IsAsciiDigit);
}
