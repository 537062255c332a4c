using System.Globalization;

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

    internal static LyricsFormatException NotRead(string format) => new(
        ErrorKind.Input, "lyrics_broken",
        $"These lyrics look like {format}, which Libretto does not read. Convert them to lrc, ttml, srt or plain text first.");

    internal static LyricsFormatException NoText() => new(
        ErrorKind.Input, "lyrics_not_text", "This is no text file. Give the lyrics as text: txt, lrc, srt, vtt, ass, ttml or json.");

    internal static LyricsFormatException TooLarge(long length) => new(
        ErrorKind.TooLarge, "lyrics_too_large",
        string.Create(CultureInfo.InvariantCulture,
            $"The lyrics take {length / 1e6:F1} MB; at most {Reading.LyricsReader.LargestFile / 1e6:F0} MB are read. Give those of one " +
                $"song."));

    internal static LyricsFormatException TooMany() => new(
        ErrorKind.TooLarge, "lyrics_too_large",
        string.Create(CultureInfo.InvariantCulture,
            $"The lyrics have more than {Reading.LyricsReader.MostWords:N0} words or lines, as no song has. Give those of one song."));

    internal static LyricsFormatException NoWords() => new(
        ErrorKind.Input, "lyrics_empty", "The lyrics hold no words. Send the song's words, or leave the lyrics out.");

    internal static LyricsFormatException NoTimes(string format) => new(
        ErrorKind.Input, "lyrics_untimed",
        $"These lyrics have no times, which {format} needs. Write them as txt or json, or give them together with the song.");
}
