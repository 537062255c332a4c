namespace Libretto.Lyrics;

/// <summary>Lyrics cannot be read or written in a format.</summary>
public sealed class LyricsFormatException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the other parameters.</summary>
    /// <param name="kind">What it means to whoever has to answer for it.</param>
    /// <param name="code">A stable identifier such as <c>lyrics_broken</c>.</param>
    /// <param name="message">What happened, then what to do.</param>
    /// <param name="line">The line of the text, from 1; null when no line is to blame.</param>
    /// <param name="inner">The cause, if another exception led here.</param>
    public LyricsFormatException(ErrorKind kind, string code, string message, int? line = null, Exception? inner = null)
        : base(kind, code, message, inner: inner)
        => Line = line;

    /// <summary>The line of the text that could not be read, from 1; null when no line is to blame.</summary>
    public int? Line { get; }

    internal static LyricsFormatException Unknown(string what, IEnumerable<ILyricsFormat> known) => new(
        ErrorKind.Usage, ErrorCodes.FormatUnknown,
        $"'{what}' is no lyrics format Libretto knows. Choose one of {string.Join(", ", known.Select(format => format.Name))}.");

    internal static LyricsFormatException Broken(string format, int line, string reason, Exception? inner = null) => new(
        ErrorKind.Input, "lyrics_broken", $"Line {line} of the {format} lyrics cannot be read: {reason}", line, inner);

    internal static LyricsFormatException NotThisFormat(string format, string reason, Exception? inner = null) => new(
        ErrorKind.Input, "lyrics_broken", $"This is not {format}: {reason}", inner: inner);

    internal static LyricsFormatException WriteOnly(string format) => new(
        ErrorKind.Usage, ErrorCodes.FormatNotReadable,
        $"Libretto writes {format} but does not read it. Convert from json, ttml, elrc or another format it reads.");

    internal static LyricsFormatException NoTimes(string format) => new(
        ErrorKind.Input, "lyrics_untimed",
        $"These lyrics have no times, which {format} needs. Write them as txt or json, or give them together with the song.");
}
