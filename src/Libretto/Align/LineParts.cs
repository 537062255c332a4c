using System.Text;
using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>
/// Given lines that have words, in parts: the network reads only so much text at once, and a text whose line breaks are lost has lines that
/// nobody sings in a breath. Lines that anyone may have written are whole again once they have times; others are then broken by these.
/// </summary>
internal sealed class LineParts
{
    /// <summary>What is said of lines that were broken.</summary>
    private const string BreaksAreMissing =
        "line breaks are missing; lines are broken where the singer pauses, after punctuation and before capitals, so look at them";

    /// <summary>Nobody writes a longer line, in columns.</summary>
    private const int LongestLine = 4 * LineBreaker.LongestLine;

    /// <summary>No text has more tokens than bytes, and the network reads 448 tokens.</summary>
    private const int MostBytes = 400;

    private readonly IReadOnlyList<LyricsLine> _given;
    private readonly string _language;
    private readonly List<LyricsLine> _parts = [];
    private readonly int[] _partsOf;

    /// <param name="given">The lines as they were given.</param>
    /// <param name="language">Their language as an ISO 639 code, which tells what capitals mean.</param>
    public LineParts(IReadOnlyList<LyricsLine> given, string language)
    {
        (_given, _language, _partsOf) = (given, language, new int[given.Count]);
        for (var line = 0; line < given.Count; line++)
        {
            LyricsLine[] parts = [.. Cut(given[line])];
            _partsOf[line] = parts.Length;
            _parts.AddRange(parts);
        }
    }

    /// <summary>The parts, in order; a line that is short enough is one.</summary>
    public IReadOnlyList<LyricsLine> Lines => _parts;

    /// <summary>What its user should know of the lines, sentences without capitals; null where they are as they were given.</summary>
    public IReadOnlyList<string>? Notices => _given.Any(IsTooLong) ? [BreaksAreMissing] : null;

    /// <summary>Parts with times, as lines, and the sections before them.</summary>
    /// <param name="timed">As many parts as there are.</param>
    /// <param name="sections">The sections of the lines given; null where there are none.</param>
    public (IReadOnlyList<LyricsLine> Lines, IReadOnlyList<LyricsSection>? Sections) Joined(
        IReadOnlyList<LyricsLine> timed, IReadOnlyList<LyricsSection>? sections)
    {
        var (lines, at, next) = (new List<LyricsLine>(), new int[_given.Count + 1], 0);
        for (var line = 0; line < _given.Count; line++)
        {
            lines.AddRange(Whole(_given[line], [.. timed.Skip(next).Take(_partsOf[line])]));
            next += _partsOf[line];
            at[line + 1] = lines.Count;
        }
        return (lines, sections?.Select(section => section with { Line = at[Math.Min(section.Line, _given.Count)] }).ToList());
    }

    private static bool IsTooLong(LyricsLine line) => LineBreaker.Width(line.Text) > LongestLine;

    private IEnumerable<LyricsLine> Whole(LyricsLine line, List<LyricsLine> parts)
    {
        if (parts.Count < 2)
            return parts;
        var whole = line.WithWords([.. parts.SelectMany(part => part.Words)]) with { Text = line.Text };
        return IsTooLong(line)
            ? LineBreaker.Break(whole.Words, sentenceEnds: null, _language)
                .Select((part, i) => whole.WithWords(part.Words) with { Stanza = i == 0 ? line.Stanza : null })
            : [whole with { Sung = parts.TrueForAll(part => part.Sung == false) ? false : null }];
    }

    private IEnumerable<LyricsLine> Cut(LyricsLine line) => IsTooLong(line)
        ? LineBreaker.Break(line.Words, sentenceEnds: null, _language).SelectMany(CutByBytes)
        : line.Words.Count == 0 ? [] : CutByBytes(line);

    private static IEnumerable<LyricsLine> CutByBytes(LyricsLine line)
    {
        var (first, bytes) = (0, 0);
        for (var word = 0; word < line.Words.Count; word++)
        {
            var size = Encoding.UTF8.GetByteCount(line.Words[word].Text) + 1;
            if (word > first && bytes + size > MostBytes)
            {
                yield return line.WithWords([.. line.Words.Take(first..word)]);
                (first, bytes) = (word, 0);
            }
            bytes += size;
        }
        yield return first == 0 ? line : line.WithWords([.. line.Words.Skip(first)]);
    }
}
