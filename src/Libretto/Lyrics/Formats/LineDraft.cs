using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats;

/// <summary>A line as a file gives it, before it is normalized. Times are milliseconds; those not given are null.</summary>
internal sealed record LineDraft(long Start, long? End, IReadOnlyList<TextPiece> Pieces)
{
    /// <summary>False for a line shown along with the one before it but not sung, such as its translation.</summary>
    public bool? Sung { get; init; }

    public LyricsVoice? Voice { get; init; }

    public bool? Background { get; init; }

    public string? Romanized { get; init; }

    public LyricsTranslation? Translation { get; init; }

    public bool? Stanza { get; init; }

    /// <summary>The heading that stands before it, if the file says so by other means than a line.</summary>
    public string? Section { get; init; }

    /// <summary>Where it stands in the file, from 1; null when unknown.</summary>
    public int? LineNumber { get; init; }

    public string Text => string.Concat(Pieces.Select(piece => piece.Text));

    public bool IsBlank => string.IsNullOrWhiteSpace(WordText.Clean(Text));

    /// <summary>Whether it is text in one piece, which may be a heading; what has times within is sung.</summary>
    public bool IsOnePiece => !HasWordTimes || (HasCueTimes && Pieces.Count == 1);

    /// <summary>Whether its first piece has its time only because the line begins with it.</summary>
    public bool HasCueTimes { get; init; }

    public bool HasWordTimes => Pieces.Any(piece => piece.Start is not null);
}

/// <summary>
/// Text as it stands between two tags of a line, spaces included. Without a start it continues the piece before it; an
/// empty one ends it.
/// </summary>
internal readonly record struct TextPiece(string Text, long? Start = null, long? End = null);
