using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Transcribe;
using Libretto.Transcribe.Hosted;

namespace Libretto.Tests.Transcribe.Hosted;

public class PieceSeamTests
{
    [Theory]
    // Both heard the word on the cut, at slightly different times and in different spelling.
    [InlineData("a@1 b@8 River,@9.8", "river@10.1 c@12", "a b River, | c")]
    // Neither is sure where it lies: it must come once.
    [InlineData("a@1 b@10.4", "b@10.2 c@12", "a b | c")]
    // Different words: the cut decides.
    [InlineData("a@1 x@9.5 y@11", "z@9 c@12", "a x | c")]
    // Repeated words are not taken for one another.
    [InlineData("la@9 la@9.6 la@10.2 la@10.8", "la@9 la@9.6 la@10.2 la@10.8 la@11.4", "la la | la la la")]
    [InlineData("", "b@9.5 c@9.9 d@12", "| c d")]
    [InlineData("a@9", "", "a |")]
    public void Words_at_a_seam_come_once(string left, string right, string expected)
    {
        var (first, second) = PieceSeam.Join(Piece(left, 0, 12), Piece(right, 8, 20), 10);
        Assert.Equal(expected, $"{Text(first)} | {Text(second)}".Trim());
        Assert.Equal((10, 10), (first.Range.End, second.Range.Start));
        Assert.All(first.SegmentEnds, end => Assert.InRange(end, 0, first.Words.Count - 1));
        Assert.All(second.SegmentEnds, end => Assert.InRange(end, 0, second.Words.Count - 1));
    }

    private static TranscribedPiece Piece(string words, double start, double end)
    {
        var read = words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('@'))
            .Select(parts => new LyricsWord(parts[0], double.Parse(parts[1], null), double.Parse(parts[1], null) + 0.3)).ToList();
        return new TranscribedPiece(new TimeRange(start, end), read) { SegmentEnds = [.. Enumerable.Range(0, read.Count)] };
    }

    private static string Text(TranscribedPiece piece) => string.Join(' ', piece.Words.Select(word => word.Text));
}
