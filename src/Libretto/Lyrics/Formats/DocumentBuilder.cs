namespace Libretto.Lyrics.Formats;

/// <summary>Turns what a reader found into a lawful document: the part that all readers share.</summary>
internal static class DocumentBuilder
{
    /// <summary>A line whose end no one tells is not believed to last longer than this, in milliseconds.</summary>
    private const long LongestGuess = 8000;

    private const long ShortestGuess = 1500;

    /// <param name="drafts">The lines, in any order.</param>
    /// <param name="duration">The song's length in milliseconds, if the file says; it grows where words lie past it.</param>
    public static LyricsDocument Build(IEnumerable<LineDraft> drafts, long? duration = null)
    {
        var lines = drafts.Where(draft => !draft.IsBlank).OrderBy(draft => draft.Start).ToList();
        var sung = lines.Where(line => line.Sung != false).ToList();
        var words = new List<LyricsWord>();
        var counts = new Queue<int>();
        for (var i = 0; i < sung.Count; i++)
        {
            var lineWords = Words(sung[i], EndOf(sung[i], i + 1 < sung.Count ? sung[i + 1].Start : null, duration));
            words.AddRange(lineWords);
            counts.Enqueue(lineWords.Count);
        }

        var length = Math.Max(duration ?? 0, words.Count == 0 ? 0 : words.Max(word => Milliseconds.From(word.End)));
        length = Math.Max(length, words.Count);
        // What a file says is kept to the millisecond, however short its words are.
        var normalized = DocumentRules.Repair(words, length, shortest: 1);
        return new LyricsDocument { Duration = Milliseconds.ToSeconds(length), Lines = Regroup(lines, normalized, counts) };
    }

    /// <summary>A document of lines without any time.</summary>
    public static LyricsDocument Untimed(IEnumerable<string> lines) => new()
    {
        Duration = 0,
        Lines = [.. lines.Select(WordText.Words).Where(words => words.Count > 0).Select(words => LyricsLine.Of(LineSpread.Over(words, 0, 0)))],
    };

    private static List<LyricsLine> Regroup(List<LineDraft> drafts, LyricsWord[] words, Queue<int> counts)
    {
        var lines = new List<LyricsLine>();
        var next = 0;
        foreach (var draft in drafts)
        {
            if (draft.Sung == false)
            {
                var at = next > 0 ? Milliseconds.From(words[next - 1].End) : 0;
                lines.Add(LyricsLine.Of(LineSpread.Over(WordText.Words(draft.Text), at, at)) with { Sung = false });
                continue;
            }
            var count = counts.Dequeue();
            lines.Add(LyricsLine.Of(words[next..(next + count)]) with { Sung = draft.Sung });
            next += count;
        }
        return lines;
    }

    private static long EndOf(LineDraft line, long? next, long? duration)
    {
        var latest = next > line.Start ? next.Value : long.MaxValue;
        if (line.End is { } end)
            return Math.Min(Math.Max(end, line.Start), latest);
        if (duration > line.Start)
            latest = Math.Min(latest, duration.Value);
        var lastTag = line.Pieces.Where(piece => piece.Start is not null).Select(piece => piece.Start!.Value).LastOrDefault(line.Start);
        var open = line.Pieces[^1].Text;
        return Math.Min(latest, Math.Max(line.Start, lastTag) + (string.IsNullOrWhiteSpace(open) ? 0 : LineSpread.Guess(open, ShortestGuess, LongestGuess)));
    }

    private static List<LyricsWord> Words(LineDraft line, long end)
    {
        if (line.Pieces.All(piece => piece.Start is null))
            return [.. LineSpread.Over(WordText.Words(line.Text), line.Start, end)];

        var words = new List<LyricsWord>();
        var pieces = Timed(line);
        var spaceBefore = true;
        for (var i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            var texts = WordText.Split(piece.Text);
            if (texts.Length > 0)
            {
                var pieceEnd = piece.End ?? Math.Max(piece.Start!.Value, i + 1 < pieces.Count ? pieces[i + 1].Start!.Value : end);
                var parted = spaceBefore || StartsWithGap(piece.Text);
                Append(words, texts, piece.Start!.Value, pieceEnd, parted);
            }
            spaceBefore = piece.Text.Length == 0 ? spaceBefore : EndsWithGap(piece.Text);
        }
        return words;
    }

    /// <summary>Every piece with a start: untimed text goes to the piece before it, or starts with the line.</summary>
    private static List<TextPiece> Timed(LineDraft line)
    {
        var timed = new List<TextPiece>();
        foreach (var piece in line.Pieces)
        {
            if (piece.Start is not null)
                timed.Add(piece);
            else if (timed.Count > 0)
                timed[^1] = timed[^1] with { Text = timed[^1].Text + piece.Text };
            else if (!string.IsNullOrWhiteSpace(piece.Text))
                timed.Add(piece with { Start = line.Start });
        }
        return timed;
    }

    /// <summary>Adds a piece's words; one that follows without a gap, where its script has gaps, is the next syllable of the word before.</summary>
    private static void Append(List<LyricsWord> words, string[] texts, long start, long end, bool parted)
    {
        var added = texts.Length == 1
            ? [new LyricsWord(texts[0], Milliseconds.ToSeconds(start), Milliseconds.ToSeconds(end))]
            : LineSpread.Over(texts, start, end);
        if (!parted && words.Count > 0 && WordJoiner.NeedsSpace(words[^1].Text, texts[0]))
        {
            words[^1] = words[^1] with { Text = words[^1].Text + texts[0], End = added[0].End };
            added = added[1..];
        }
        words.AddRange(added);
    }

    private static bool StartsWithGap(string text) => WordText.IsGap(text.EnumerateRunes().First());

    private static bool EndsWithGap(string text) => WordText.IsGap(text.EnumerateRunes().Last());
}
