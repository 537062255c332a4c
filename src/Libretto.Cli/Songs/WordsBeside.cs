using Libretto.Cli.Display;
using Libretto.Library;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using Libretto.Output;
using Libretto.Pipeline;

namespace Libretto.Cli.Songs;

/// <summary>Words that lie with a song: beside it or in its tags (<c>--lyrics sidecar</c> and <c>lookup</c>).</summary>
/// <param name="written">Knows what Libretto made itself, which is no source for making it again.</param>
/// <param name="display">Told where the words are from.</param>
internal sealed class WordsBeside(WrittenFiles written, IDisplay display)
{
    /// <summary>The request with the words that lie with a song, to be checked: they may be another's.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="song">The song's file; a missing one is left to those who read it.</param>
    /// <exception cref="LibrettoException">The song or its folder cannot be read.</exception>
    public SongRequest Add(SongRequest request, string song)
    {
        if (!File.Exists(song))
            return request;
        if (LyricsBeside.Find(song, written.Holds) is not { } found || WithWords(found.Lyrics) is not { } lyrics)
        {
            if (!request.FindLyrics)
                Say($"No lyrics of others lie beside {song} or in its tags: its words are heard.");
            return request;
        }
        Say(found.Place == KnownLyrics.Tags ? $"The lyrics in the tags of {song} are used." : $"The lyrics of {found.Place} are used.");
        return request with { Lyrics = lyrics.Document, LyricsNotices = lyrics.Notices, CheckLyrics = true };
    }

    private static LyricsReading? WithWords(LyricsReading reading)
    {
        try
        {
            return LyricsReader.WithWords(reading);
        }
        catch (LyricsFormatException)
        {
            // Nobody named them.
            return null;
        }
    }

    private void Say(string notice) => display.Report(new SongProgress(Stage.Acquire, 0, notice) { Notice = notice });
}
