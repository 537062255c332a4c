using Libretto.Lyrics.Formats;
using Libretto.Lyrics.Formats.Json;
using Libretto.Lyrics.Formats.Lrc;
using Libretto.Lyrics.Formats.Subtitles;
using Libretto.Lyrics.Formats.Ttml;
using Libretto.Lyrics.Formats.UltraStar;
using Libretto.Lyrics.Formats.Yaml;

namespace Libretto.Lyrics;

/// <summary>The formats Libretto knows.</summary>
public static class LyricsFormats
{
    /// <summary>The product's own JSON, <c>libretto/1</c>: holds the whole document, every time to 1 ms.</summary>
    public static ILyricsFormat Json { get; } = new JsonFormat();

    /// <summary>LRC: title, artist, language, length, and the starts of lines to 10 ms.</summary>
    public static ILyricsFormat Lrc { get; } = new LrcFormat();

    /// <summary>Enhanced LRC (A2): LRC with the starts of words to 10 ms.</summary>
    public static ILyricsFormat EnhancedLrc { get; } = new EnhancedLrcFormat();

    /// <summary>SubRip: lines to 1 ms.</summary>
    public static ILyricsFormat SubRip { get; } = new SubRipFormat();

    /// <summary>WebVTT: lines, and the starts of words within, to 1 ms.</summary>
    public static ILyricsFormat WebVtt { get; } = new WebVttFormat();

    /// <summary>Advanced SubStation Alpha with karaoke tags, to 10 ms.</summary>
    public static ILyricsFormat Ass { get; } = new AssFormat();

    /// <summary>TTML with a span a word: title, artist, language, length, every word to 1 ms.</summary>
    public static ILyricsFormat Ttml { get; } = new TtmlFormat();

    /// <summary>Plain text: the words, line by line, without times.</summary>
    public static ILyricsFormat PlainText { get; } = new PlainTextFormat();

    /// <summary>OpenAI's <c>verbose_json</c>: language, length, lines as segments, every word to 1 ms.</summary>
    public static ILyricsFormat VerboseJson { get; } = new VerboseJsonFormat();

    /// <summary>
    /// A chart of UltraStar and the games like it: title, artist, language, length, syllables and their notes on a grid of beats.
    /// </summary>
    public static ILyricsFormat UltraStar { get; } = new UltraStarFormat();

    /// <summary>Lyricsfile, LRCLIB's YAML: title, artist, language, length, every word to 1 ms.</summary>
    public static ILyricsFormat Lyricsfile { get; } = new LyricsfileFormat();

    /// <summary>A label track of Audacity: a label a word to 1 ms, lines and stanzas by marks.</summary>
    public static ILyricsFormat Audacity { get; } = new AudacityFormat();

    /// <summary>All of them, the most usual first.</summary>
    public static IReadOnlyList<ILyricsFormat> All { get; } =
        [Json, Lrc, EnhancedLrc, SubRip, WebVtt, Ass, Ttml, PlainText, VerboseJson, UltraStar, Lyricsfile, Audacity];

    /// <summary>Finds a format by its name.</summary>
    /// <param name="name">Such as <c>lrc</c>, in any case.</param>
    /// <exception cref="LyricsFormatException">No format has this name; the message lists those there are.</exception>
    public static ILyricsFormat Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(format => format.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw LyricsFormatException.Unknown(name, All);
    }

    /// <summary>Finds the format of a file by the end of its name.</summary>
    /// <param name="path">A file's name or path; the file need not exist.</param>
    /// <exception cref="LyricsFormatException">No format's files end like this; the message lists the formats there are.</exception>
    public static ILyricsFormat ForFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return OfName(path) ?? throw LyricsFormatException.Unknown(Path.GetFileName(path), All);
    }

    /// <summary>The format of a file by the end of its name; null when no format's files end like this.</summary>
    internal static ILyricsFormat? OfName(string path) =>
        // The longest end wins: NAME.verbose.json is no NAME.json.
        All.Where(format => path.EndsWith(format.Extension, StringComparison.OrdinalIgnoreCase)).MaxBy(format => format.Extension.Length);
}
