namespace Libretto.Lyrics.Formats;

/// <summary>The words of a line that a file cuts into pieces, whether a piece is a word, a syllable or several words.</summary>
internal static class PieceWords
{
    /// <param name="line">A line with text.</param>
    /// <param name="end">When it ends, milliseconds.</param>
    public static List<LyricsWord> Of(LineDraft line, long end)
    {
        if (!line.HasWordTimes)
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
                Append(words, texts, piece.Start!.Value, pieceEnd, parted: spaceBefore || StartsWithGap(piece.Text));
            }
            spaceBefore = piece.Text.Length == 0 ? spaceBefore : EndsWithGap(piece.Text);
        }
        return [.. words.Select(word => word.Syllables is { Count: > 1 } ? word : word with { Syllables = null })];
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
        LyricsWord[] added = texts.Length == 1
            ? [new LyricsWord(texts[0], Milliseconds.ToSeconds(start), Milliseconds.ToSeconds(end))]
            : LineSpread.Over(texts, start, end);
        for (var i = 0; i < added.Length; i++)
            added[i] = added[i] with { Syllables = [new LyricsSyllable(added[i].Text, added[i].Start, added[i].End)] };
        if (!parted && words.Count > 0 && WordJoiner.NeedsSpace(words[^1].Text, texts[0]))
        {
            var before = words[^1];
            words[^1] = before with { Text = before.Text + texts[0], End = added[0].End, Syllables = [.. before.Syllables!, .. added[0].Syllables!] };
            added = added[1..];
        }
        words.AddRange(added);
    }

    private static bool StartsWithGap(string text) => text.Length > 0 && WordText.IsGap(text.EnumerateRunes().First());

    private static bool EndsWithGap(string text) => WordText.IsGap(text.EnumerateRunes().Last());
}
