using System.Text;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>Writes the two kinds of LRC, which differ in a line's text only.</summary>
internal static class LrcWriter
{
    /// <summary>Silence after a line, in hundredths of a second, from which on the line is cleared from the player's screen.</summary>
    private const long LongSilence = 300;

    /// <param name="document">The lyrics.</param>
    /// <param name="format">The format's name, for errors.</param>
    /// <param name="notices">Told what it cannot hold.</param>
    /// <param name="appendText">Adds a line's text; gets the line's end in hundredths of a second.</param>
    public static string Write(LyricsDocument document, string format, LyricsNotices? notices,
        Action<StringBuilder, LyricsLine, long> appendText)
    {
        var lines = FormatText.SungLines(document, format).ToList();
        FormatLimits.Tell(document, Holds.Translations, notices);
        // Up, so that no word ends after the song.
        var length = (Milliseconds.From(document.Duration) + 9) / 10;
        var lrc = new StringBuilder();
        AppendField(lrc, "ti", document.Title);
        AppendField(lrc, "ar", document.Artist);
        AppendField(lrc, "la", document.Language);
        AppendField(lrc, "length", Milliseconds.MinutesHundredths(length));

        var last = -1L;
        for (var i = 0; i < lines.Count; i++)
        {
            var end = Hundredths(lines[i].End);
            var next = i + 1 < lines.Count ? Hundredths(lines[i + 1].Start) : length;
            // Two lines at one time are a line and its romanization or translation.
            last = Math.Max(last + 1, Hundredths(lines[i].Start));
            lrc.Append('[').Append(Milliseconds.MinutesHundredths(last)).Append(']');
            appendText(lrc, lines[i], end);
            lrc.Append('\n');
            foreach (var second in (string?[])[lines[i].Romanized, lines[i].Translation?.Text])
                if (second is not null)
                    lrc.Append('[').Append(Milliseconds.MinutesHundredths(last)).Append(']')
                        .Append(Headings.Protect(FormatText.Protect(second, LrcReader.LooksLikeTag))).Append('\n');
            if (next - end >= LongSilence)
                lrc.Append('[').Append(Milliseconds.MinutesHundredths(end)).Append("]\n");
        }
        return lrc.ToString();
    }

    /// <summary>A time as it stands in a tag, without brackets.</summary>
    public static string Tag(double seconds) => Milliseconds.MinutesHundredths(Hundredths(seconds));

    private static long Hundredths(double seconds) => Milliseconds.ToHundredths(Milliseconds.From(seconds));

    private static void AppendField(StringBuilder lrc, string name, string? value)
    {
        var clean = WordText.Clean(value);
        if (clean.Length > 0)
            lrc.Append('[').Append(name).Append(':').Append(clean).Append("]\n");
    }
}
