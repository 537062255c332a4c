using Libretto.Lyrics;

namespace Libretto.Karaoke.Layout;

/// <summary>A piece of text that is filled while it is sung: a word or a syllable of one.</summary>
/// <param name="Text">Its letters.</param>
/// <param name="Gap">What stands before it: a space, or nothing.</param>
/// <param name="Start">When it starts, seconds.</param>
/// <param name="End">When it ends.</param>
internal sealed record DisplayPiece(string Text, string Gap, double Start, double End);

/// <summary>A line as it fits on a screen: a line of the song, or a part of one that is too long.</summary>
/// <param name="Pieces">What is filled, in order; one or more.</param>
/// <param name="Voice">Who sings it.</param>
/// <param name="IsBackground">Whether background voices do.</param>
/// <param name="IsRightToLeft">Whether it is written from right to left.</param>
internal sealed record DisplayLine(IReadOnlyList<DisplayPiece> Pieces, LyricsVoice? Voice, bool IsBackground, bool IsRightToLeft)
{
    /// <summary>What is shown below it in smaller letters: how it is read, else what it means; null for nothing.</summary>
    public string? Below { get; init; }

    public double Start => Pieces[0].Start;

    public double End { get; } = Pieces.Max(piece => piece.End);

    public string Text => string.Concat(Pieces.Select((piece, i) => (i == 0 ? "" : piece.Gap) + piece.Text));
}
