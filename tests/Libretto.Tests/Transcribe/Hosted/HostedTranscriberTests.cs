using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Tests.Support;
using Libretto.Transcribe;
using Libretto.Transcribe.Hosted;

namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>What hosted engines are asked, and what is made of their answers.</summary>
public class HostedTranscriberTests
{
    [Fact]
    public async Task The_song_goes_up_as_flac_with_everything_the_documentation_asks_for()
    {
        await using var groq = await HostedFixture.StartAsync();
        await groq.HearAsync(new TranscribeOptions { Language = "fr", Prompt = "Marguerite" });

        var request = Assert.Single(groq.Server.Requests);
        Assert.Equal("/openai/v1/audio/transcriptions", request.Path);
        Assert.Equal("Bearer " + HostedFixture.Key, request.Authorization);
        Assert.Equal("whisper-large-v3-turbo", request.Field("model"));
        Assert.Equal("verbose_json", request.Field("response_format"));
        Assert.Equal(["word", "segment"], request.Fields["timestamp_granularities[]"]);
        Assert.Equal(("fr", "Marguerite", "0"), (request.Field("language"), request.Field("prompt"), request.Field("temperature")));
        Assert.Equal(("audio.flac", "audio/flac"), (request.FileName, request.FileType));
        var copy = groq.Folder["received.flac"];
        await File.WriteAllBytesAsync(copy, request.File, HostedFixture.Token);
        var info = await new AudioDecoder(new Libretto.Tools.ToolRunner()).ProbeAsync(copy, HostedFixture.Token);
        Assert.Equal(("flac", 16_000, 1), (info.Codec, info.SampleRate, info.Channels));
        Assert.Equal(11, info.Duration!.Value, 0.01);
    }

    [Fact]
    public async Task What_is_not_known_is_not_sent()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Engine = groq.Engine with { KeyVariable = null, Key = null };
        await groq.HearAsync();
        var request = Assert.Single(groq.Server.Requests);
        Assert.Equal((null, null, ""), (request.Field("language"), request.Field("prompt"), request.Authorization));
    }

    [Fact]
    public async Task Translation_has_an_address_of_its_own_and_no_word_times()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Answers.NoWords);
        var piece = Assert.Single(await groq.HearAsync(new TranscribeOptions { Translate = true, Language = "fr" }));

        var request = Assert.Single(groq.Server.Requests);
        Assert.Equal("/openai/v1/audio/translations", request.Path);
        Assert.Equal(["model", "response_format", "temperature"], request.Fields.Keys.Order());
        Assert.All(piece.Words, word => Assert.True(word.Estimated));
    }

    [Fact]
    public async Task Words_at_the_top_level_are_taken_at_their_times_with_the_marks_of_the_text()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Answers.WordsAtTheTop);
        var piece = Assert.Single(await groq.HearAsync());

        Assert.Equal(["And", "so,", "my", "fellow", "Americans,", "ask", "not"], piece.Words.Select(word => word.Text));
        Assert.Equal([0.32, 0.6, 1.2, 1.5, 2.2, 4.02, 4.5], piece.Words.Select(word => word.Start));
        Assert.Equal(3.4, piece.Words[4].End);
        Assert.All(piece.Words, word => Assert.Null(word.Estimated));
        Assert.Equal([4, 6], piece.SegmentEnds);
        Assert.Equal("en", piece.Language);
        Assert.Equal(-0.3, piece.MeanLogProbability!.Value, 3);
        Assert.Empty(piece.Guards);
        Assert.Empty(piece.Notices);
    }

    [Fact]
    public async Task Words_inside_the_segments_are_found_too()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Answers.WordsInSegments);
        var piece = Assert.Single(await groq.HearAsync());
        Assert.Equal([("ask", 4.02, 0.91), ("not", 4.5, 0.88)], piece.Words.Select(word => (word.Text, word.Start, word.Confidence!.Value)));
        Assert.Equal("en", piece.Language);
    }

    [Theory]
    [InlineData(Answers.NoWords, "Sous le ciel de Paris", 2, 6)]
    [InlineData(Answers.TextOnly, "ask not what", 0, 11)]
    public async Task Without_words_the_text_is_spread_and_marked(string answer, string text, double start, double end)
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, answer);
        var piece = Assert.Single(await groq.HearAsync());

        Assert.Equal(text, string.Join(' ', piece.Words.Select(word => word.Text)));
        Assert.All(piece.Words, word => Assert.True(word.Estimated));
        Assert.Equal((start, end), (piece.Words[0].Start, piece.Words[^1].End));
        Assert.Contains("without times of their own", Assert.Single(piece.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_times_are_repaired_and_marked_and_told()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Answers.BrokenTimes);
        var piece = Assert.Single(await groq.HearAsync());

        Assert.Equal(["one", "two", "three", "four", "five", "six"], piece.Words.Select(word => word.Text));
        Assert.Equal(["two", "three", "six"], piece.Words.Where(word => word.Estimated == true).Select(word => word.Text));
        Assert.Equal([1.0, 1.5, 2.0, 3.0, 3.5], piece.Words.Take(5).Select(word => word.Start));
        Assert.Equal(3.5, piece.Words[3].End); // it overlapped the next one
        Assert.InRange(piece.Words[5].Start, 3.5, 11);
        Assert.Equal(3, piece.Guards["word_times_repaired"]);
        Assert.Contains("3 of 6 word times were missing or impossible", Assert.Single(piece.Notices), StringComparison.Ordinal);
        var document = new LyricsDocument { Duration = 11, Lines = [LyricsLine.Of(piece.Words)] };
        Assert.Empty(DocumentRules.Validate(document));
    }

    [Fact]
    public async Task A_song_without_words_is_no_error()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Answers.Empty);
        Assert.Empty(Assert.Single(await groq.HearAsync()).Words);
    }

    [Fact]
    public async Task A_segment_that_the_engine_itself_takes_for_silence_is_dropped()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Answers.Invented);
        var piece = Assert.Single(await groq.HearAsync());
        Assert.Equal(["ask", "not"], piece.Words.Select(word => word.Text));
        Assert.Equal(1, piece.Guards["no_speech"]);
    }

    [Fact]
    public async Task The_cost_is_that_of_the_published_price_or_of_the_setting()
    {
        await using var groq = await HostedFixture.StartAsync();
        Assert.Equal(11.0 / 3600 * 0.04, (await groq.HearAsync())[0].Cost!.Value, 6);
        Assert.Equal(10.0 / 3600 * 0.04, (await groq.HearAsync(seconds: 2))[0].Cost!.Value, 6); // at least ten seconds are billed
        groq.Engine = groq.Engine with { Model = "of-mine" };
        Assert.Null((await groq.HearAsync())[0].Cost);
        groq.Engine = groq.Engine with { DollarsAnHour = 3.6 };
        Assert.Equal(0.011, (await groq.HearAsync())[0].Cost!.Value, 6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_song_too_large_for_the_engine_is_cut_and_no_word_is_doubled_or_lost(bool engineSaysSo)
    {
        await using var groq = await HostedFixture.StartAsync();
        var beeps = Beeps.Song(groq.Folder, seconds: 150);
        groq.Server.Answer = async (context, request) => await (engineSaysSo && request.File.Length > 700_000
            ? SpeechServer.JsonAsync(context, 413, Answers.Error("request_too_large", "Request Entity Too Large"))
            : SpeechServer.JsonAsync(context, 200, await Beeps.RecogniseAsync(request.File, groq.Folder)));
        groq.Engine = groq.Engine with { MaxMegabytes = engineSaysSo ? 25 : 0.7 };

        using var song = await HostedFixture.DecodeAsync(beeps.File);
        var pieces = await groq.Transcriber().TranscribeAsync(song, new TranscribeOptions(), null, HostedFixture.Token).ToListAsync(HostedFixture.Token);

        Assert.InRange(pieces.Count, 3, 8);
        if (!engineSaysSo)
            Assert.All(groq.Server.Requests, request => Assert.InRange(request.File.Length, 1, 700_000));
        var words = pieces.SelectMany(piece => piece.Words).ToList();
        Assert.Equal(beeps.Words.Select(word => word.Text), words.Select(word => word.Text));
        Assert.All(words.Zip(beeps.Words), pair => Assert.Equal(pair.Second.Start, pair.First.Start, 0.05));
        Assert.Equal(song.Duration, pieces[^1].Range.End, 3);
        Assert.All(pieces.Zip(pieces.Skip(1)), pair => Assert.Equal(pair.First.Range.End, pair.Second.Range.Start));
        // Found by the first piece, told to the others.
        Assert.Equal("en", groq.Server.Requests.Last().Field("language"));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_ends_at_once_and_leaves_nothing()
    {
        await using var groq = await HostedFixture.StartAsync();
        using var cancel = new CancellationTokenSource();
        groq.Server.Answer = async (context, _) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using var song = HostedFixture.Song();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            groq.Transcriber().TranscribeAsync(song, new TranscribeOptions(), null, cancel.Token).ToListAsync(HostedFixture.Token).AsTask());
        Assert.Empty(Directory.EnumerateFileSystemEntries(groq.Folder["work"]));
    }

    [Fact]
    public async Task What_hosted_engines_cannot_do_they_say()
    {
        await using var groq = await HostedFixture.StartAsync();
        var error = await Assert.ThrowsAsync<TranscribeException>(() => groq.HearAsync(new TranscribeOptions { BeamSize = 5 }));
        Assert.Equal("option_unsupported", error.Code);
        Assert.Empty(groq.Server.Requests);
    }
}
