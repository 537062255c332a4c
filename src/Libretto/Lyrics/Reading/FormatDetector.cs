using System.Text.RegularExpressions;
using Libretto.Lyrics.Formats;
using Libretto.Lyrics.Formats.Subtitles;

namespace Libretto.Lyrics.Reading;

/// <summary>Tells the format of a text by what stands in it, however far down; its name has the say only where the text has none.</summary>
internal static partial class FormatDetector
{
    /// <summary>What is searched: far more than any heading of tags and comments, in lines.</summary>
    private const int LinesSearched = 5000;

    /// <param name="text">The whole text.</param>
    /// <param name="named">The format that its name tells; null when it tells none.</param>
    /// <exception cref="LyricsFormatException">It is a format that is known and not read.</exception>
    public static ILyricsFormat Find(string text, ILyricsFormat? named)
    {
        var start = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (start.StartsWith("WEBVTT"))
            return LyricsFormats.WebVtt;
        if (start.StartsWith("<?xml") || start.StartsWith("<tt") || start.StartsWith("<!") || Root().IsMatch(start))
            return LyricsFormats.Ttml;
        if (start.StartsWith("{"))
            return start.Contains("\"libretto/", StringComparison.Ordinal) || named == LyricsFormats.Json &&
            start.Contains("\"schema\"", StringComparison.Ordinal)
                ? LyricsFormats.Json
                : LyricsFormats.VerboseJson;
        if (Array().IsMatch(start))
            return LyricsFormats.VerboseJson;
        if (Lyricsfile().IsMatch(text) && LyricsfileLines().IsMatch(text))
            return LyricsFormats.Lyricsfile;
        return ByLines(text, named) ?? named switch
        {
            null => LyricsFormats.PlainText,
            // Their readers say what is missing.
            { CanRead: true } when named == LyricsFormats.Ttml || named == LyricsFormats.Json ||
                named == LyricsFormats.VerboseJson => named,
            _ when string.IsNullOrWhiteSpace(text) => named.CanRead ? named : LyricsFormats.PlainText,
            _ => LyricsFormats.PlainText,
        };
    }

    /// <summary>Whether a text is taken for plain lyrics where its name says nothing else.</summary>
    public static bool IsPlainText(string text)
    {
        try
        {
            return Find(text, LyricsFormats.PlainText) == LyricsFormats.PlainText;
        }
        catch (LyricsFormatException)
        {
            return false;
        }
    }

    private static ILyricsFormat? ByLines(string text, ILyricsFormat? named)
    {
        int lines = 0, stamps = 0, fields = 0, songNotes = 0, songFields = 0, spans = 0, labels = 0;
        var hasBeat = false;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
                continue;
            if (++lines > LinesSearched)
                break;
            if (line.TrimStart('\uFEFF').StartsWith("[Script Info]", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Dialogue:") &&
                line.Count(',') >= 9)
                return LyricsFormats.Ass;
            if (Cue().IsMatch(line))
                return named == LyricsFormats.WebVtt ? LyricsFormats.WebVtt : LyricsFormats.SubRip;
            if (Stamp().IsMatch(line))
                stamps++;
            else if (Field().IsMatch(line))
                fields++;
            else if (Span().IsMatch(line))
                spans++;
            else if (AudacityFormat.IsLabel(line))
                labels++;
            else if (SongField().IsMatch(line))
            {
                songFields++;
                hasBeat |= line.TrimStart().StartsWith("#BPM:", StringComparison.OrdinalIgnoreCase);
            }
            else if (SongNote().IsMatch(line))
                songNotes++;
        }
        // A stamp here and there is a remark of plain lyrics.
        if (stamps > 0 && (stamps * 4 >= lines - fields || named is not null && IsLrc(named)))
            return LyricsFormats.EnhancedLrc;
        if (songFields > 0 && (songNotes > (hasBeat ? 0 : songFields) || named == LyricsFormats.UltraStar))
            return LyricsFormats.UltraStar;
        if (labels > 0 && (labels * 2 >= lines || named == LyricsFormats.Audacity))
            return LyricsFormats.Audacity;
        if (spans > 1 && spans * 2 >= lines - fields)
            throw LyricsFormatException.NotRead("KRC, QRC or YRC");
        return fields > 0 && fields == lines ? LyricsFormats.EnhancedLrc : null;
    }

    private static bool IsLrc(ILyricsFormat format) => format == LyricsFormats.Lrc || format == LyricsFormats.EnhancedLrc;

    [GeneratedRegex(@"^<(\w{1,20}:)?tt[\s>]")]
    private static partial Regex Root();

    [GeneratedRegex(@"^(?:---\s*)?[\uFEFF]?(?:version|metadata|lines|plain)\s*:", RegexOptions.Multiline)]
    private static partial Regex Lyricsfile();

    [GeneratedRegex(@"^(?:lines\s*:\s*(?:\[|$)|plain\s*:\s*[|>""'])", RegexOptions.Multiline)]
    private static partial Regex LyricsfileLines();

    [GeneratedRegex(@"^\[\s*[{\]]")]
    private static partial Regex Array();

    [GeneratedRegex(@"^\s*-?[0-9]{1,4}:[0-9:.,]{2,16}\s*-+>\s*-?[0-9]")]
    private static partial Regex Cue();

    [GeneratedRegex(@"^[\uFEFF\s]*\[\s*-?[0-9]{1,4}:[0-9]{1,2}(?:[.,:][0-9]{1,9}){0,2}\s*\]")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"^[\uFEFF\s]*\[(?:ti|ar|al|au|by|re|ve|la|length|offset|tool|id|#):.*\]\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Field();

    [GeneratedRegex(@"^\s*\[[0-9]{1,9},[0-9]{1,9}\]")]
    private static partial Regex Span();

    [GeneratedRegex(@"^[\uFEFF]?#[A-Za-z0-9]{2,20}:")]
    private static partial Regex SongField();

    [GeneratedRegex(@"^(?:[:*FRG] -?[0-9]+ [0-9]+ -?[0-9]+ |- -?[0-9]+|P[12]|E$)")]
    private static partial Regex SongNote();
}
