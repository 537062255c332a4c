using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

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

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        FormatLimits.Tell(document, Holds.Overlaps | Holds.Voices, notices);
        var title = WordText.Clean(document.Title);
        return UltraStarWriter.Write(document, new UltraStarMedia($"{(title.Length > 0 ? title : "song")}.mp3"), notices);
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null) => new UltraStarReader(notices).Read(text);
}
