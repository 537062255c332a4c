using Libretto.Align;
using Libretto.Audio.Activity;
using Libretto.Lyrics;
using Libretto.Tests.Support;

namespace Libretto.Tests.Align;

/// <summary>Long music before the first word; <c>./test soak</c> runs it.</summary>
public sealed class IntroSoakTests(WhisperFixture whisper) : IClassFixture<WhisperFixture>
{
    [Fact(Explicit = true)]
    public async Task No_word_is_placed_in_an_intro_of_two_minutes()
    {
        var speech = Repository.SharedFile("audio", "jfk.wav");
        using var folder = new ScratchFolder();
        var minute = TestAudio.Instrumental(folder);
        TestAudio.Run("sox", minute, minute, speech, folder["song.wav"]);
        using var audio = await WhisperFixture.Decode(folder["song.wav"]);
        var heard = (await WhisperFixture.Transcribe(whisper.Transcriber, audio, new() { Language = "en" }))
            .SelectMany(piece => piece.Words).ToList();
        string[] lines = ["And so my fellow Americans", "ask not", "what your country can do for you"];
        var given = new LyricsDocument
        {
            Duration = 0,
            Lines = [.. lines.Select(line => LyricsLine.Of([.. line.Split(' ').Select(word => new LyricsWord(word, 0, 0))]))],
        };
        var result = await new LyricsAligner(WhisperFixture.Folder, whisper.Sessions).AlignAsync(
            audio, given, "file", heard, ActivityDetector.Detect(audio, cancellationToken: TestContext.Current.CancellationToken), "en",
            cancellationToken: TestContext.Current.CancellationToken);
        // A mix does not tell its last beat from a voice.
        Assert.All(result.Lines, line => Assert.InRange(line.Start, 118.5, 129));
    }
}
