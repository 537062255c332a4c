using Libretto.Lyrics.Writing;

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

        var words = new List<OpenWord>();
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
        return [.. words.Select(word => word.Close())];
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

    /// <summary>
    /// Adds a piece's words; one that follows without a gap, where its script has gaps, is the next syllable of the word before.
    /// </summary>
    private static void Append(List<OpenWord> words, string[] texts, long start, long end, bool parted)
    {
        LyricsWord[] added = texts.Length == 1
            ? [new LyricsWord(texts[0], Milliseconds.ToSeconds(start), Milliseconds.ToSeconds(end))]
            : LineSpread.Over(texts, start, end);
        var isNext = !parted && words.Count > 0 && WordJoiner.NeedsSpace(words[^1].LastText, texts[0]);
        if (isNext)
            words[^1].Add(added[0]);
        words.AddRange(added.Skip(isNext ? 1 : 0).Select(word => new OpenWord(word)));
    }

    private static bool StartsWithGap(string text) => text.Length > 0 && WordText.IsGap(text.EnumerateRunes().First());

    private static bool EndsWithGap(string text) => WordText.IsGap(text.EnumerateRunes().Last());

    /// <summary>A word that grows by syllables.</summary>
    private sealed class OpenWord(LyricsWord first)
    {
        private readonly List<LyricsSyllable> _syllables = [new LyricsSyllable(first.Text, first.Start, first.End)];

        public string LastText => _syllables[^1].Text;

        public void Add(LyricsWord syllable) => _syllables.Add(new LyricsSyllable(syllable.Text, syllable.Start, syllable.End));

        public LyricsWord Close() => _syllables.Count == 1
            ? first
            : first with { Text = string.Concat(_syllables.Select(syllable => syllable.Text)), End = _syllables[^1].End,
                Syllables = _syllables };
    }
}
