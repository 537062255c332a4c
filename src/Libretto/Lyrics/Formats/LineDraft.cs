namespace Libretto.Lyrics.Formats;

/// <summary>A line as a file gives it, before it is normalized. Times are milliseconds; those not given are null.</summary>
internal sealed record LineDraft(long Start, long? End, IReadOnlyList<TextPiece> Pieces)
{
    /// <summary>False for a line shown along with the one before it but not sung, such as its translation.</summary>
    public bool? Sung { get; init; }

    public string Text => string.Concat(Pieces.Select(piece => piece.Text));

    public bool IsBlank => string.IsNullOrWhiteSpace(WordText.Clean(Text));
}

/// <summary>
/// Text as it stands between two tags of a line, spaces included. Without a start it continues the piece before it; an
/// empty one ends it.
/// </summary>
internal readonly record struct TextPiece(string Text, long? Start = null, long? End = null);
