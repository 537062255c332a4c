namespace Libretto.Align;

/// <summary>Words cannot be brought to the audio.</summary>
public sealed class AlignException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public AlignException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static AlignException NoWords() => new(
        ErrorKind.Input, "lyrics_empty",
        "The lyrics hold no words. Give a file with the words of the song, a line of text for each line sung, or leave the lyrics out.");
}
