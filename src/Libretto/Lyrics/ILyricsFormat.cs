using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics;

/// <summary>A way to write lyrics as text, and mostly to read them back. Formats hold no state: any thread may use them.</summary>
public interface ILyricsFormat
{
    /// <summary>Its name on the command line and in addresses, such as <c>lrc</c>.</summary>
    string Name { get; }

    /// <summary>What its files' names end with, such as <c>.lrc</c>.</summary>
    string Extension { get; }

    /// <summary>Its media type, such as <c>application/json</c>; the text is always UTF-8.</summary>
    string MediaType { get; }

    /// <summary>What of a document is there again after writing and reading, and how exactly, in one line.</summary>
    string Keeps { get; }

    /// <summary>Whether <see cref="Read"/> works.</summary>
    bool CanRead { get; }

    /// <summary>Writes a document. Characters that the format's syntax needs for itself are escaped or made harmless.</summary>
    /// <param name="document">The lyrics; a song without words is written as a file without lines.</param>
    /// <param name="notices">Told what the format cannot hold, such as voices that overlap; null when nobody asks.</param>
    /// <returns>The whole file, lines ended by <c>\n</c>.</returns>
    /// <exception cref="LyricsFormatException">The lyrics have no times and the format needs them.</exception>
    string Write(LyricsDocument document, LyricsNotices? notices = null);

    /// <summary>
    /// Reads what Libretto or another program has written, with or without byte order mark, with any line ends. A fault in one line costs
    /// that line, and is told.
    /// </summary>
    /// <param name="text">The whole file.</param>
    /// <param name="notices">Told what was changed, left out or guessed; null when nobody asks.</param>
    /// <returns>A valid document; where the format has only the times of lines, the words are spread over them and marked
    /// estimated.</returns>
    /// <exception cref="LyricsFormatException">The text as a whole is not of this format; the message names the line.</exception>
    LyricsDocument Read(string text, LyricsNotices? notices = null);
}
