using System.Globalization;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>
/// A subtitle with its times in milliseconds, its lines of text and the number of its first line in the file; the end is null where it is
/// not believed.
/// </summary>
internal sealed record Cue(long Start, long? End, IReadOnlyList<string> Lines, int LineNumber);

/// <summary>
/// Finds the cues of SubRip and WebVTT, which differ in what stands around them: a line <c>time --> time</c>, then text up to the next
/// one and its number. Hours may be missing, point, comma and colon are the same, whatever follows the times is ignored. Empty lines within
/// a
/// text do not end it.
/// </summary>
internal static partial class CueReader
{
    public static List<Cue> Read(string[] lines, LyricsNotices? notices)
    {
        var cues = new List<Cue>();
        // What stands under a broken cue's times was left out with it, and the head of WebVTT is none of the song's.
        var isNumbered = IsNumbered(lines);
        var isAccountedFor = lines[0].StartsWith("WEBVTT", StringComparison.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains("->", StringComparison.Ordinal) || Times().Match(lines[i]) is not { Success: true } times)
            {
                // Comments and style sheets of WebVTT may hold anything.
                if (Block().IsMatch(lines[i]))
                {
                    if (lines[i].StartsWith("NOTE", StringComparison.Ordinal))
                        notices?.Add("comments (NOTE) are left out", i + 1);
                    i = EndOfBlock(lines, i);
                }
                else if (lines[i].Contains("-->", StringComparison.Ordinal))
                {
                    notices?.Add($"'{Shortened(lines[i])}' is not like 00:00:01,200 --> 00:00:03,410; the subtitle was left out", i + 1);
                    isAccountedFor = true;
                }
                else if (string.IsNullOrWhiteSpace(lines[i]))
                {
                    isAccountedFor &= i > 0 && lines[i - 1].Contains("-->", StringComparison.Ordinal);
                }
                else if (!isAccountedFor && !IsNumber(lines[i]) && !IsAboveTimes(lines, i))
                {
                    notices?.Add("the text stands under no times; it was left out", i + 1);
                }
                continue;
            }
            var last = EndOfText(lines, i, isNumbered);
            if (Cue(times, lines[(i + 1)..(last + 1)], i + 1, notices) is { } cue)
                cues.Add(cue);
            i = last;
            isAccountedFor = false;
        }
        return cues;
    }

    /// <summary>Milliseconds of <c>hh:mm:ss.mmm</c> or <c>mm:ss.mmm</c>, below 0 after a minus; null when it is no time.</summary>
    public static long? Time(string text)
    {
        var match = Clock().Match(text);
        if (!match.Success)
            return null;
        long Number(string group) => match.Groups[group].Success ? long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        var time = (Number("h") * 3600 + Number("m") * 60 + Number("s")) * 1000 + Milliseconds.Fraction(match.Groups["f"].ValueSpan);
        return match.Groups["minus"].Success ? -time : time;
    }

    /// <summary>Cues at the same times are one line, or the same one twice.</summary>
    /// <param name="lines">A line for each cue.</param>
    /// <param name="notices">Told of both.</param>
    public static IEnumerable<LineDraft> Merge(IEnumerable<LineDraft> lines, LyricsNotices? notices)
    {
        LineDraft? first = null;
        var (pieces, texts) = (new List<TextPiece>(), new HashSet<string>());
        foreach (var line in lines.OrderBy(line => line.Start))
        {
            if (first is null || first.Start != line.Start || first.End != line.End || first.Voice != line.Voice)
            {
                if (first is not null)
                    yield return first with { Pieces = pieces };
                (first, pieces, texts) = (line, [.. line.Pieces], [line.Text.Trim()]);
            }
            else if (!texts.Add(line.Text.Trim()))
            {
                notices?.Add("the subtitle was there already, at the same times; it is kept once", line.LineNumber);
            }
            else
            {
                if (!first.IsBlank && !line.IsBlank)
                    notices?.Add("the subtitle has the times of another; both are one line", line.LineNumber);
                pieces.Add(new TextPiece(" "));
                pieces.AddRange(line.Pieces);
            }
        }
        if (first is not null)
            yield return first with { Pieces = pieces };
    }

    private static Cue? Cue(Match times, string[] text, int number, LyricsNotices? notices)
    {
        if (Time(times.Groups[1].Value) is not { } start || Time(times.Groups[2].Value) is not { } end)
        {
            notices?.Add($"'{Shortened(times.Value)}' is not like 00:00:01,200 --> 00:00:03,410; the subtitle was left out", number);
            return null;
        }
        if (start < 0)
            notices?.Add("the subtitle begins before the song; it was put at its start", number);
        start = Math.Max(0, start);
        if (end >= start && (end > start || text.All(string.IsNullOrWhiteSpace)))
            return new Cue(start, end, text, number);
        notices?.Add("the subtitle ends before or where it begins; its end was guessed", number);
        return new Cue(start, null, text, number);
    }

    /// <summary>Whether the file numbers its cues: then a number above times is no text, though no empty line stands before it.</summary>
    private static bool IsNumbered(string[] lines)
    {
        var first = Array.FindIndex(lines, line => line.Contains("->", StringComparison.Ordinal) && Times().IsMatch(line));
        return first > 0 && IsNumber(lines[first - 1]);
    }

    private static int EndOfBlock(string[] lines, int at)
    {
        while (at + 1 < lines.Length && !string.IsNullOrWhiteSpace(lines[at + 1]))
            at++;
        return at;
    }

    /// <summary>Up to the line before the next cue's times and the number or name that stands above them, or before a comment.</summary>
    private static int EndOfText(string[] lines, int at, bool isNumbered)
    {
        var end = at;
        while (end + 1 < lines.Length)
        {
            var next = lines[end + 1];
            if (next.Contains("->", StringComparison.Ordinal) && Times().IsMatch(next))
            {
                // A number, or after an empty line anything, names the cue that comes.
                var isFirst = end - 1 <= at;
                if (end > at && !string.IsNullOrWhiteSpace(lines[end]) &&
                    (isNumbered && IsNumber(lines[end]) || (!isFirst && string.IsNullOrWhiteSpace(lines[end - 1]))))
                    end--;
                break;
            }
            var isApart = end > at && string.IsNullOrWhiteSpace(lines[end]);
            if (isApart && Block().IsMatch(next))
                break;
            // Times that cannot be read end it as well.
            if (next.Contains("-->", StringComparison.Ordinal) && end > at && (isApart || IsNumber(lines[end])))
            {
                end -= IsNumber(lines[end]) ? 1 : 0;
                break;
            }
            end++;
        }
        return end;
    }

    /// <summary>Whether the next line has a cue's times: then this one is its name.</summary>
    private static bool IsAboveTimes(string[] lines, int at) =>
        at + 1 < lines.Length && lines[at + 1].Contains("->", StringComparison.Ordinal);

    private static bool IsNumber(string line) => line.Trim() is { Length: > 0 and < 10 } text && text.All(char.IsAsciiDigit);

    private static string Shortened(string text) => WordText.Clean(text) is var clean && clean.Length > 60 ? clean[..60] + "…" : clean;

    [GeneratedRegex(@"^(NOTE|STYLE|REGION)(\s|$)")]
    private static partial Regex Block();

    [GeneratedRegex(@"^\s*(-?[0-9][0-9:.,]*)\s*-+>\s*(-?[0-9][0-9:.,]*)(?:\s|$)")]
    private static partial Regex Times();

    [GeneratedRegex(@"^(?<minus>-)?(?:(?<h>[0-9]{1,4}):)?(?<m>[0-9]{1,2}):(?<s>[0-9]{1,2})(?:[.,:](?<f>[0-9]{1,9}))?$")]
    private static partial Regex Clock();
}
