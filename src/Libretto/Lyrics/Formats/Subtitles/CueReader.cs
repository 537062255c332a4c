using System.Globalization;
using System.Text.RegularExpressions;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>A subtitle with its times in milliseconds, its lines of text and the number of its first line in the file.</summary>
internal sealed record Cue(long Start, long End, IReadOnlyList<string> Lines, int LineNumber);

/// <summary>
/// Finds the cues of SubRip and WebVTT, which differ in what stands around them: a line <c>time --> time</c>, then text up to an
/// empty line. Hours may be missing, point and comma are the same, whatever follows the times is ignored.
/// </summary>
internal static partial class CueReader
{
    public static List<Cue> Read(string[] lines, string format)
    {
        var cues = new List<Cue>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains("-->", StringComparison.Ordinal))
            {
                // Comments and style sheets of WebVTT may hold anything.
                if (Block().IsMatch(lines[i]))
                    i = EndOfBlock(lines, i);
                continue;
            }
            var times = Times().Match(lines[i]);
            if (!times.Success)
                throw LyricsFormatException.Broken(format, i + 1, $"'{lines[i].Trim()}' is not like 00:00:01,200 --> 00:00:03,410.");
            var start = Time(times.Groups[1].Value, format, i + 1);
            var end = Time(times.Groups[2].Value, format, i + 1);
            if (end < start)
                throw LyricsFormatException.Broken(format, i + 1, "the line ends before it starts.");
            var last = EndOfText(lines, i);
            cues.Add(new Cue(start, end, lines[(i + 1)..(last + 1)], i + 1));
            i = last;
        }
        return cues;
    }

    /// <summary>Milliseconds of <c>hh:mm:ss.mmm</c> or <c>mm:ss.mmm</c>.</summary>
    public static long Time(string text, string format, int line)
    {
        var match = Clock().Match(text);
        if (!match.Success)
            throw LyricsFormatException.Broken(format, line, $"'{text}' is not a time such as 00:01:23.450.");
        long Number(string group) => match.Groups[group].Success ? long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        return (Number("h") * 3600 + Number("m") * 60 + Number("s")) * 1000 + Milliseconds.Fraction(match.Groups["f"].ValueSpan);
    }

    /// <summary>Cues at the same time are one line in two voices.</summary>
    public static IEnumerable<LineDraft> Merge(IEnumerable<LineDraft> lines)
    {
        LineDraft? last = null;
        foreach (var line in lines.OrderBy(line => line.Start))
        {
            if (last is null || last.Start != line.Start)
            {
                if (last is not null)
                    yield return last;
                last = line;
            }
            else if (last.Text.Trim() != line.Text.Trim())
            {
                last = last with
                {
                    End = Math.Max(last.End ?? 0, line.End ?? 0),
                    Pieces = [.. last.Pieces, new TextPiece(" "), .. line.Pieces],
                };
            }
        }
        if (last is not null)
            yield return last;
    }

    private static int EndOfBlock(string[] lines, int at)
    {
        while (at + 1 < lines.Length && !string.IsNullOrWhiteSpace(lines[at + 1]))
            at++;
        return at;
    }

    /// <summary>Up to the line before an empty one, or before the number and times of a cue that follows without one.</summary>
    private static int EndOfText(string[] lines, int at)
    {
        // A cue of YouTube's may begin with a line of one space.
        if (at + 1 < lines.Length && lines[at + 1].Length > 0 && string.IsNullOrWhiteSpace(lines[at + 1]))
            at++;
        while (at + 1 < lines.Length && !string.IsNullOrWhiteSpace(lines[at + 1]))
        {
            if (Times().IsMatch(lines[at + 1]))
                return int.TryParse(lines[at], out _) ? at - 1 : at;
            at++;
        }
        return at;
    }

    [GeneratedRegex(@"^(NOTE|STYLE|REGION)(\s|$)")]
    private static partial Regex Block();

    [GeneratedRegex(@"^\s*([0-9][0-9:.,]*)\s*-->\s*([0-9][0-9:.,]*)(?:\s|$)")]
    private static partial Regex Times();

    [GeneratedRegex(@"^(?:(?<h>[0-9]{1,4}):)?(?<m>[0-9]{1,2}):(?<s>[0-9]{1,2})(?:[.,](?<f>[0-9]{1,9}))?$")]
    private static partial Regex Clock();
}
