using System.Diagnostics;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Pipeline.Transcripts;
using Libretto.Separate;
using Libretto.Settings;
using Libretto.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Tests.Pipeline.Transcripts;

public sealed class RescueTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Long_singing_without_words_and_any_singing_where_text_was_left_out_is_heard_again()
    {
        Transcript song = new() { Duration = 90, Words = [new("a", 0, 10), new("b", 30, 31)], SentenceEnds = [] };
        TimeRange[] lost = [new(40, 60)], singing = [new(0, 12), new(20, 30), new(41, 44), new(50, 51), new(58, 62)];
        Assert.Equal([new(20, 30), new(41, 44), new(58, 60)], Rescue.Passages(song, lost, singing));
    }

    [Fact]
    public void Passages_that_touch_are_one()
    {
        Transcript song = new() { Duration = 90, Words = [new("a", 0, 1)], SentenceEnds = [] };
        Assert.Equal([new(10, 40)], Rescue.Passages(song, lost: [new(12, 30)], singing: [new(10, 40)]));
    }

    [Fact]
    public void A_word_in_long_singing_is_not_believed()
    {
        TimeRange[] passages = [new(0, 14), new(20, 25), new(30, 40)];
        Transcript again = new()
        {
            Duration = 90, Words = [new("on", 7, 8), new("no", 21, 22), new("come", 31, 32), new("back", 33, 34)], SentenceEnds = [],
        };
        Assert.Equal(passages[1..], Rescue.Explained(passages, again));
    }

    [Fact]
    public void Words_that_stand_where_nobody_sings_are_left_out_once_the_voice_is_known()
    {
        Transcript song = new()
        {
            Duration = 90, Words = [new("you", 1, 8), new("one", 40, 41), new("two", 41, 42), new("three", 42, 43)], SentenceEnds = [0, 3],
        };
        var sung = Rescue.WhereSomeoneSings(song, [new(41, 43)]);
        Assert.Equal(["one", "two", "three"], sung.Words.Select(word => word.Text));
        Assert.Equal([2], sung.SentenceEnds);
        Assert.Equal(1, sung.Guards!["silent"]);
    }

    [Fact]
    public void A_voice_that_explains_too_few_words_was_not_found_well_and_takes_none_away()
    {
        Transcript song = new() { Duration = 90, Words = [new("one", 1, 2), new("two", 40, 41)], SentenceEnds = [] };
        Assert.Equal(song, Rescue.WhereSomeoneSings(song, [new(40, 43)]));
    }

    [Fact]
    public async Task A_verse_that_was_not_understood_gets_its_words_where_the_vocals_tell_that_someone_sings()
    {
        Repository.SharedFile("models", "whisper-base");
        Repository.SharedFile("models", "spleeter-2stems");
        var settings = new LibrettoSettings
        {
            Engine = "whisper", Model = "whisper-base", Language = "fr", Fetch = "never", Cache = _folder["cache"],
            Models = [Repository.SharedFile("models")],
        };
        await using var services = new ServiceCollection().AddLibretto(settings).BuildServiceProvider();
        var pipeline = services.GetRequiredService<SongPipeline>();
        var song = LastMinute(Repository.SharedFile("audio", "songs", "Séculaire_feat._Nÿme_-_saru.mp3"));

        var rescued = (await pipeline.RunAsync(new SongRequest(song), cancellationToken: Ct)).Document;
        Assert.Equal("spleeter-2stems", rescued.Method!.Separation);
        Assert.True(rescued.Method.Guards!["rescued"] > 0);
        Assert.Contains(rescued.Lines, line => line.Start > 45 && line.Text.Contains("souvenir", StringComparison.Ordinal));
        Assert.Empty(DocumentRules.Validate(rescued));

        // Where the vocals are to be left alone, the song says what it lacks.
        var left = (await pipeline.RunAsync(new SongRequest(song) { Separate = SeparationMode.Never }, cancellationToken: Ct)).Document;
        Assert.DoesNotContain(left.Lines, line => line.Start > 45);
        Assert.True(left.Method!.Unsure);
        Assert.Contains(left.Checks!, check => check.End > 49);
    }

    private string LastMinute(string song)
    {
        using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-ss", "103", "-i", song, _folder["song.wav"]]);
        ffmpeg.WaitForExit();
        return _folder["song.wav"];
    }
}
