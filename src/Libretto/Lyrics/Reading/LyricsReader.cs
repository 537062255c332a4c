namespace Libretto.Lyrics.Reading;

/// <summary>
/// The one place that decides what lyrics a text is, wherever it comes from: its encoding, its format (by what stands in it, not by its
/// name alone), whether it is a document or words to be timed, and what has to be said of it.
/// </summary>
public static class LyricsReader
{
    /// <summary>No lyrics are larger, in bytes: an hour of word-timed lyrics as JSON takes a fifth of it.</summary>
    public const int LargestFile = 5_000_000;

    /// <summary>No lyrics have more words or syllables, nor lines in their file: four hours of singing have fewer.</summary>
    internal const int MostWords = 50_000;

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="bytes">The whole file, in any encoding.</param>
    /// <param name="fileName">Its name, if known; tells the format where the text does not.</param>
    /// <exception cref="LyricsFormatException">It is no text, too large, or cannot be read in its format; the message says what to
    /// do.</exception>
    public static LyricsReading Read(byte[] bytes, string? fileName = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length > LargestFile)
            throw LyricsFormatException.TooLarge(bytes.Length);
        var notices = new LyricsNotices();
        return Read(TextDecoder.Decode(bytes, notices), fileName, notices);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="fileName">The name of the file it is from, if known.</param>
    /// <exception cref="LyricsFormatException">It is too large, or cannot be read in its format; the message says what to do.</exception>
    public static LyricsReading Read(string text, string? fileName = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > LargestFile ? throw LyricsFormatException.TooLarge(text.Length) : Read(text, fileName, new LyricsNotices());
    }

    /// <summary>Lyrics that were given with a song, which have to hold words.</summary>
    /// <param name="reading">What was read of them.</param>
    /// <returns>The same.</returns>
    /// <exception cref="LyricsFormatException">They hold no words.</exception>
    public static LyricsReading WithWords(LyricsReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return reading.Document.Lines.Any(line => line.Words.Count > 0) ? reading : throw LyricsFormatException.NoWords();
    }

    private static LyricsReading Read(string text, string? fileName, LyricsNotices notices)
    {
        // As Macs once ended lines.
        if (!text.Contains('\n', StringComparison.Ordinal))
            text = text.Replace('\r', '\n');
        var named = fileName is null ? null : LyricsFormats.OfName(fileName);
        var format = FormatDetector.Find(text, named);
        if (named is not null && named != format && !AreKin(named, format))
            notices.Add($"the name says {named.Name}, but the text is {format.Name} and is read as such");
        // JSON, XML and YAML may have a line for each number.
        if (format != LyricsFormats.Json && format != LyricsFormats.VerboseJson && format != LyricsFormats.Ttml &&
            format != LyricsFormats.Lyricsfile)
            Limit(FilledLines(text));
        var isLrc = format.Name.EndsWith("lrc", StringComparison.Ordinal);
        if (isLrc || format == LyricsFormats.PlainText)
            text = HtmlRemains.Remove(text, breaksLines: !isLrc, notices);
        var document = format.Read(text, notices);
        if (document.Lines.Count == 0)
            notices.Add("there are no words in it");
        return new LyricsReading(document, format, notices.Messages);
    }

    /// <summary>Stops the reading of what is no song, before it takes more memory than any song does.</summary>
    /// <exception cref="LyricsFormatException">There are more words or lines than <see cref="MostWords"/>.</exception>
    internal static void Limit(int count)
    {
        if (count > MostWords)
            throw LyricsFormatException.TooMany();
    }

    private static int FilledLines(string text)
    {
        var lines = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
            lines += line.IsWhiteSpace() ? 0 : 1;
        return lines;
    }

    /// <summary>Whether one reader reads both, so that nobody need know which it was.</summary>
    private static bool AreKin(ILyricsFormat one, ILyricsFormat other) =>
        one.Name.EndsWith("lrc", StringComparison.Ordinal) && other.Name.EndsWith("lrc", StringComparison.Ordinal)
        || one.Name.EndsWith("json", StringComparison.Ordinal) && other.Name.EndsWith("json", StringComparison.Ordinal);
}
