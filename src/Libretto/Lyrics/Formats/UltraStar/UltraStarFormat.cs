namespace Libretto.Lyrics.Formats.UltraStar;

/// <summary>
/// A chart of UltraStar and the games like it, after version 1 of its specification: a note for each syllable, on a grid of beats, with
/// its pitch in half tones from the middle C; <c>F</c> (sung as one likes) where none is known.
/// </summary>
internal sealed class UltraStarFormat : ILyricsFormat
{
    public string Name => "ultrastar";

    public string Extension => ".ultrastar.txt";

    public string MediaType => "text/plain";

    public string Keeps => "title, artist, language, length, two voices; syllables and notes to a beat of 37 to 75 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document)
    {
        var title = WordText.Clean(document?.Title);
        return UltraStarWriter.Write(document!, new UltraStarMedia($"{(title.Length > 0 ? title : "song")}.mp3"), Name);
    }

    public LyricsDocument Read(string text) => new UltraStarReader().Read(text);

    /// <summary>Whether a text is such a chart: they share their ending with plain text.</summary>
    public static bool IsChart(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = FormatText.Lines(text).Select(line => line.TrimStart()).Where(line => line.Length > 0).ToList();
        return lines.Count > 0 && lines[0].StartsWith('#') && lines.Any(line => line.StartsWith("#BPM", StringComparison.OrdinalIgnoreCase));
    }
}
