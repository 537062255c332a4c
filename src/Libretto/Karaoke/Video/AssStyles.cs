using Libretto.Lyrics;

namespace Libretto.Karaoke.Video;

/// <summary>
/// The styles of the karaoke video by their names: our own, or those of a user's .ass file where it has one of that name.
/// </summary>
internal sealed class AssStyles
{
    /// <summary>Names that a user's file may define.</summary>
    public const string First = "Voice1", Second = "Voice2", Both = "Both", Background = "Background", Title = "Title", Artist = "Artist",
        Below = "Below", Mark = "Mark";

    private const string Format =
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, " +
        "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, " +
        "Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding";

    private readonly Dictionary<string, string> _styles;
    private readonly string _format;

    private AssStyles(string format, Dictionary<string, string> styles)
    {
        _format = format;
        _styles = styles;
    }

    /// <summary>The size of lines in our own styles, of 720 rows.</summary>
    public const float LineSize = 66;

    /// <summary>The size of what is shown below lines.</summary>
    public const float BelowSize = 36;

    /// <summary>The section of the script.</summary>
    public string Section => "[V4+ Styles]\n" + _format + "\n" + string.Concat(_styles.Values.Select(style => style + "\n"));

    /// <summary>The style of a line.</summary>
    public static string Of(LyricsVoice? voice, bool isBackground) => isBackground ? Background : voice switch
    {
        LyricsVoice.Second => Second,
        LyricsVoice.Both => Both,
        _ => First,
    };

    /// <summary>Our own.</summary>
    /// <param name="family">The font's name.</param>
    public static AssStyles Own(string family) => new(Format, new[]
    {
        Style(First, family, LineSize, "&H0028B4FF", "&H00FFFFFF"),
        Style(Second, family, LineSize, "&H00F0C83C", "&H00FFFFFF"),
        Style(Both, family, LineSize, "&H0078DC78", "&H00FFFFFF"),
        Style(Background, family, 44, "&H00C8A0FF", "&H00D8D8D8"),
        Style(Title, family, 84, "&H00FFFFFF", "&H00FFFFFF"),
        Style(Artist, family, 48, "&H00D8D8D8", "&H00D8D8D8"),
        Style(Below, family, BelowSize, "&H00D8D8D8", "&H00D8D8D8"),
        Style(Mark, family, 40, "&H00FFFFFF", "&H00FFFFFF"),
    }.ToDictionary(style => NameOf(style), StringComparer.OrdinalIgnoreCase));

    /// <summary>Takes the styles of a user's file.</summary>
    /// <param name="path">The file's name, for errors.</param>
    /// <param name="text">An .ass file; a style called <c>Default</c> counts for every line that has none of its own.</param>
    /// <exception cref="KaraokeException">The file has no styles.</exception>
    public AssStyles With(string path, string text)
    {
        var inside = false;
        var (format, own) = (Format, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
        foreach (var line in text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
                inside = line.Equals("[V4+ Styles]", StringComparison.OrdinalIgnoreCase);
            else if (inside && line.StartsWith("Format:", StringComparison.OrdinalIgnoreCase))
                format = line;
            else if (inside && line.StartsWith("Style:", StringComparison.OrdinalIgnoreCase))
                own[NameOf(line)] = line;
        }
        if (own.Count == 0)
            throw KaraokeException.NoStyle(path, "it has no style.");
        if (Fields(format) != Fields(Format))
            throw KaraokeException.NoStyle(path, $"its styles have other fields than the format's usual ones ({Format}).");
        var merged = new Dictionary<string, string>(_styles, StringComparer.OrdinalIgnoreCase);
        if (own.TryGetValue("Default", out var rule))
            foreach (var name in (string[])[First, Second, Both, Background])
                merged[name] = Rename(rule, name);
        foreach (var (name, style) in own)
            merged[name] = style;
        return new AssStyles(Format, merged);
    }

    private static string Style(string name, string family, float size, string sung, string unsung) =>
        // The last field, -1, makes libass find the direction of each line by its letters.
        $"Style: {name},{family.Replace(',', ' ')},{size:0},{sung},{unsung},&H00101010,&H80000000,-1,0,0,0,100,100,0,0,1,3,1,5,60,60,40,-1";

    private static string Fields(string format) => format.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string NameOf(string style) => style["Style:".Length..].Split(',')[0].Trim();

    private static string Rename(string style, string name) => $"Style: {name}{style[style.IndexOf(',', StringComparison.Ordinal)..]}";
}
