using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats;

/// <summary>Turns what a reader found into a valid document: the part that all readers share.</summary>
internal static class DocumentBuilder
{
    /// <summary>A line whose end no one tells is not believed to last longer than this, in milliseconds.</summary>
    private const long LongestGuess = 8000;

    private const long ShortestGuess = 1500;

    /// <summary>Words that were moved by more than this, in seconds, to bring them into order are worth a notice.</summary>
    private const double Noticeable = 0.05;

    /// <param name="drafts">The lines, in any order.</param>
    /// <param name="duration">The song's length in milliseconds, if the file says; it grows where words lie past it.</param>
    /// <param name="notices">Told what had to be changed.</param>
    public static LyricsDocument Build(IEnumerable<LineDraft> drafts, long? duration, LyricsNotices? notices)
    {
        var (lines, sections) = Apart(drafts.Where(draft => !draft.IsBlank).OrderBy(draft => draft.Start));
        var next = NextStarts(lines);
        var words = new List<LyricsWord>[lines.Count];
        var count = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            words[i] = lines[i].Sung == false ? [] : PieceWords.Of(lines[i], EndOf(lines[i], next[i], duration));
            LyricsReader.Limit(count += words[i].Sum(word => word.Syllables?.Count ?? 1));
        }

        var sung = words.SelectMany(line => line);
        var length = sung.Select(word => Milliseconds.From(word.End)).Append(duration ?? 0).Append(words.Sum(line => line.Count)).Max();
        var built = new List<LyricsLine>();
        var latest = 0L;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Sung == false)
            {
                var at = built.Count > 0 ? Milliseconds.From(built[^1].End) : 0;
                if (WordText.Words(lines[i].Text) is { Count: > 0 } shown)
                    built.Add(Line(lines[i], LineSpread.Over(shown, at, at)));
                continue;
            }
            // What a file says is kept to the millisecond, however short its words are.
            var normalized = DocumentRules.Repair(words[i], length, shortest: 1);
            if (normalized.Length == 0)
                continue;
            if (normalized.Where((word, at) => Math.Abs(word.Start - words[i][at].Start) > Noticeable).Any())
                notices?.Add("words were out of order; their times were put between those of their neighbours", lines[i].LineNumber);
            var line = Line(lines[i], normalized);
            // What is wholly in parentheses while another line sounds is the background, whoever wrote it.
            var overlaps = lines[i].Start < latest || lines[i].End > next[i];
            built.Add(overlaps && line.Voice is null && line.Background is null && InParentheses(line.Text)
                ? line with { Background = true } : line);
            latest = Math.Max(latest, Milliseconds.From(line.End));
        }
        var document = new LyricsDocument
        {
            Duration = Milliseconds.ToSeconds(length),
            Lines = built,
            Sections = sections.Count > 0 ? sections : null,
        };
        return DocumentRules.Normalize(document);
    }

    /// <summary>A document of lines without any time; headings and blank lines are kept as such.</summary>
    /// <param name="texts">The lines' texts, blank ones included.</param>
    public static LyricsDocument Untimed(IEnumerable<string> texts)
    {
        var lines = new List<LyricsLine>();
        var sections = new List<LyricsSection>();
        var (kept, afterBlank) = Stanzas(texts);
        var headings = Headings.Find(kept, afterBlank);
        var stanza = false;
        var count = 0;
        for (var i = 0; i < kept.Count; i++)
        {
            stanza |= afterBlank[i];
            if (headings[i].Name is { } name)
                AddSection(sections, name, lines.Count);
            if (WordText.Words(headings[i].Name is null ? Headings.Unprotect(kept[i]) : headings[i].Rest) is not { Count: > 0 } words)
                continue;
            LyricsReader.Limit(count += words.Count);
            lines.Add(LyricsLine.Of(LineSpread.Over(words, 0, 0)) with { Stanza = stanza && lines.Count > 0 ? true : null });
            stanza = false;
        }
        return new LyricsDocument { Duration = 0, Lines = lines, Sections = sections.Count > 0 ? sections : null };
    }

    private static (List<string> Texts, List<bool> AfterBlank) Stanzas(IEnumerable<string> texts)
    {
        var (kept, afterBlank) = (new List<string>(), new List<bool>());
        var blank = true;
        foreach (var text in texts)
        {
            if (WordText.Clean(text).Length > 0)
            {
                kept.Add(text.Trim(' ', '\t', '\r', '\f', '\v', '\u001A'));
                afterBlank.Add(blank);
            }
            blank = WordText.Clean(text).Length == 0;
        }
        return (kept, afterBlank);
    }

    /// <summary>Lines and headings, each heading before the line that comes next in time.</summary>
    private static (List<LineDraft> Lines, List<LyricsSection> Sections) Apart(IEnumerable<LineDraft> ordered)
    {
        var lines = new List<LineDraft>();
        var sections = new List<LyricsSection>();
        var drafts = ordered.ToList();
        var headings = Headings.Find([.. drafts.Select(draft => draft.IsOnePiece && draft.Sung != false ? draft.Text : "")],
            afterBlank: null);
        for (var i = 0; i < drafts.Count; i++)
        {
            if (drafts[i].Section is { } section)
                AddSection(sections, section, lines.Count);
            if (headings[i].Name is { } name)
            {
                AddSection(sections, name, lines.Count);
                if (headings[i].Rest.Length > 0)
                    lines.Add(drafts[i] with { Pieces = [drafts[i].Pieces[0] with { Text = headings[i].Rest }] });
            }
            else
            {
                lines.Add(drafts[i].IsOnePiece ? Unprotected(drafts[i]) : drafts[i]);
            }
        }
        return (lines, sections);
    }

    private static void AddSection(List<LyricsSection> sections, string name, int line)
    {
        if (WordText.Clean(name) is { Length: > 0 } clean)
            sections.Add(new LyricsSection(clean, line));
    }

    private static LineDraft Unprotected(LineDraft draft)
    {
        var text = draft.Text;
        var plain = Headings.Unprotect(text.TrimStart());
        return plain.Length == text.TrimStart().Length ? draft : draft with { Pieces = [draft.Pieces[0] with { Text = plain }] };
    }

    private static LyricsLine Line(LineDraft draft, IReadOnlyList<LyricsWord> words) => LyricsLine.Of(words) with
    {
        Sung = draft.Sung,
        Voice = draft.Voice,
        Background = draft.Background,
        Romanized = draft.Romanized,
        Translation = draft.Translation,
        Stanza = draft.Stanza,
    };

    /// <summary>
    /// For each line the start of the next one that comes later and is sung by the same voice, or by any where it is the background.
    /// </summary>
    private static long?[] NextStarts(List<LineDraft> lines)
    {
        var next = new long?[lines.Count];
        var later = new Dictionary<LyricsVoice, (long Start, long? After)>();
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            if (lines[i].Sung == false)
                continue;
            var voice = lines[i].Voice ?? LyricsVoice.First;
            if (later.TryGetValue(voice, out var found))
                next[i] = found.Start > lines[i].Start ? found.Start : found.After;
            if (lines[i].Background != true)
                later[voice] = (lines[i].Start, next[i]);
        }
        return next;
    }

    private static long EndOf(LineDraft line, long? next, long? duration)
    {
        if (line.End is { } end)
            return Math.Max(end, line.Start);
        var lastTag = line.Pieces.Where(piece => piece.Start is not null).Select(piece => piece.Start!.Value).LastOrDefault(line.Start);
        var open = line.Pieces[^1].Text;
        // A tag after the last word is its end, told as plainly as can be.
        if (string.IsNullOrWhiteSpace(open) && lastTag > line.Start)
            return lastTag;
        var latest = next ?? long.MaxValue;
        if (duration > line.Start)
            latest = Math.Min(latest, duration.Value);
        return Math.Min(latest, Math.Max(line.Start, lastTag) +
            (string.IsNullOrWhiteSpace(open) ? 0 : LineSpread.Guess(open, ShortestGuess, LongestGuess)));
    }

    private static bool InParentheses(string text) =>
        text.Length > 2 && (text[0], text[^1]) is ('(', ')') or ('（', '）') && text.AsSpan(1, text.Length - 2).IndexOfAny('(', ')') < 0;
}
