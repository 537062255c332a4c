using Libretto.Align;
using Libretto.Lyrics;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Tests.Pipeline.Transcripts;

/// <summary>What becomes of a transcript whose words are timed by other means.</summary>
public class TranscriptTests
{
    private static readonly LyricsCheck s_heard = new(5, 6, "the text goes in circles");
    private static readonly LyricsCheck s_timed = new(1, 2, "hardly heard");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Doubts_of_what_was_heard_stay_with_it_and_are_none_of_given_lyrics(bool isSupplied)
    {
        LyricsWord[] words = [new("Hello", 1, 2), new("again", 5, 6)];
        var transcript = new Transcript { Duration = 10, Words = words, SentenceEnds = [1], Checks = [s_heard] };
        var aligned = new AlignedLyrics([LyricsLine.Of(words)], new SuppliedLyrics("engine", 1, Unsure: false), [s_timed]);

        Assert.Equal(isSupplied ? [s_timed] : [s_timed, s_heard], transcript.ToDocument(aligned, isSupplied).Checks!);
        Assert.Equal([s_heard], transcript.ToDocument(null).Checks!);
    }
}
