using System.Text.Json;
using Libretto.Align;
using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Lyrics;
using Libretto.Speech;
using Libretto.Tests.Support;

namespace Libretto.Tests.Align;

public sealed class LyricsAlignerTests(WhisperFixture whisper) : IClassFixture<WhisperFixture>
{
    private const string Speech =
        "And so my fellow Americans\nask not\nwhat your country can do for you\nask what you can do for your country";

    [Fact]
    public async Task Known_words_are_timed_even_where_nothing_was_recognised()
    {
        var (truth, result) = (Truth(), await AlignAsync(Speech, heard: []));
        var words = result.Lines.SelectMany(line => line.Words).ToArray();
        Assert.Equal(truth.Length, words.Length);
        var close = words.Zip(truth).Count(pair => Math.Abs(pair.First.Start - pair.Second) <= 0.3);
        Assert.True(close >= 0.85 * truth.Length, $"{close} of {truth.Length} starts are within 0.3 s");
        Assert.Equal(4, result.Lines.Count);
        Assert.True(result.Fit.Unsure);
    }

    [Fact]
    public async Task Lyrics_of_another_song_are_called_unsure_with_the_share_that_matched()
    {
        var heard = LinesOf("Morning light is on the water\nand the birds begin to sing")
            .SelectMany(line => line.Words).Select((word, i) => word with { Start = i * 0.8, End = (i * 0.8) + 0.7 }).ToList();
        var result = await AlignAsync("Happy birthday to you\nhappy birthday dear Susan\nmany candles burn tonight", heard, AnyFolder);
        Assert.True(result.Fit.Unsure);
        Assert.InRange(result.Fit.Matched, 0, 0.2);
        Assert.NotEmpty(result.Checks);
    }

    [Fact]
    public async Task Far_too_many_lines_end_well_and_unsure()
    {
        var result = await AlignAsync(string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"line number {i} of many")), heard: [], AnyFolder);
        Assert.True(result.Fit.Unsure);
        Assert.Equal(5000, result.Lines.Count);
    }

    [Fact]
    public async Task Lyrics_may_lack_what_is_sung_first_last_or_between()
    {
        using var audio = await AudioAsync();
        var heard = await HeardAsync(audio);
        foreach (var (lyrics, start) in ((string, double)[])
            [
                ("ask what you can do for your country", Truth()[^8]),
                ("And so my fellow Americans\nask what you can do for your country", Truth()[^8]),
                ("ask not\nwhat your country can do for you", Truth()[7]),
            ])
        {
            var result = await AlignAsync(lyrics, heard);
            Assert.Equal(start, result.Lines[^1].Start, 0.35);
            Assert.False(result.Fit.Unsure);
        }
    }

    [Fact]
    public async Task A_line_begins_where_it_is_sung_whatever_the_lyrics_lack_around_it()
    {
        string[] lines =
        [
            "The quick brown fox jumps over the lazy dog", "We wait for rain beside the river tonight", "Every morning the baker opens his window",
            "Seven ships are sailing under silver stars",
        ];
        using var folder = new ScratchFolder();
        var (parts, starts, at) = (new List<string>(), new List<double>(), 0.0);
        foreach (var line in lines)
        {
            parts.Add(TestAudio.Speech(folder, line, $"{parts.Count}.wav"));
            using var part = await WhisperFixture.Decode(parts[^1]);
            var samples = new float[part.Frames];
            part.Read(0, samples);
            starts.Add(at + Array.FindIndex(samples, sample => Math.Abs(sample) > 0.02) / 16000.0);
            at += part.Duration;
        }
        TestAudio.Run("sox", [.. parts, folder["song.wav"]]);
        using var audio = await WhisperFixture.Decode(folder["song.wav"]);
        var heard = await HeardAsync(audio);

        foreach (var given in (int[][])[[1], [3], [1, 3], [0, 3], [1, 2]])
        {
            var result = await AlignAsync(audio, string.Join('\n', given.Select(line => lines[line])), heard);

            Assert.Equal(given.Length, result.Lines.Count);
            Assert.All(given.Zip(result.Lines), line => Assert.Equal(starts[line.First], line.Second.Start, 0.3));
            Assert.False(result.Fit.Unsure);
        }
    }

    [Fact]
    public async Task Lines_that_are_clearly_heard_are_not_weighed_against_silence_and_others_are()
    {
        using var audio = await AudioAsync();
        var heard = await HeardAsync(audio);
        Assert.Equal(1, await PassesAsync(Speech));
        // Lines are looked for as well where one is not sung: a pass over the sound and one over silence, twice.
        Assert.Equal(4, await PassesAsync(Speech.Replace("ask not", "purple giraffes elbow zebras", StringComparison.Ordinal)));

        async Task<int> PassesAsync(string lyrics)
        {
            using var passes = new SpanCount(SpeechSpans.SourceName, SpeechSpans.WordTimes);
            await AlignAsync(audio, lyrics, heard);
            return passes.Count;
        }
    }

    [Fact]
    public async Task Aligning_can_be_stopped() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            using var audio = await WhisperFixture.Decode(Samples.TwoLines);
            using var stopped = new CancellationTokenSource();
            await stopped.CancelAsync();
            await new LyricsAligner(AnyFolder, whisper.Sessions).AlignAsync(
                audio, new LyricsDocument { Duration = 0, Lines = LinesOf(Speech) }, "file", [], ActivityDetector.Detect(audio, null, CancellationToken.None), "en", null, stopped.Token);
        });

    [Fact]
    public async Task Lyrics_without_words_are_refused() =>
        Assert.Equal("lyrics_empty", (await Assert.ThrowsAsync<AlignException>(() => AlignAsync("\n\n", heard: [], AnyFolder))).Code);

    /// <summary>A model for what does not depend on what it understands.</summary>
    private static string AnyFolder => Path.Combine(TestModels.Folder, TestModels.Whisper);

    /// <summary>Times lyrics on the speech by the real model, or on the sample by another.</summary>
    private async Task<AlignedLyrics> AlignAsync(string lyrics, IReadOnlyList<LyricsWord> heard, string? model = null)
    {
        using var audio = model is null ? await AudioAsync() : await WhisperFixture.Decode(Samples.TwoLines);
        return await AlignAsync(audio, lyrics, heard, model);
    }

    private async Task<AlignedLyrics> AlignAsync(PcmFile audio, string lyrics, IReadOnlyList<LyricsWord> heard, string? model = null)
    {
        var given = new LyricsDocument { Duration = 0, Lines = LinesOf(lyrics) };
        return await new LyricsAligner(model ?? WhisperFixture.Folder, whisper.Sessions).AlignAsync(
            audio, given, "file", heard, ActivityDetector.Detect(audio), "en", cancellationToken: TestContext.Current.CancellationToken);
    }

    private static IReadOnlyList<LyricsLine> LinesOf(string lyrics) =>
    [
        .. lyrics.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => LyricsLine.Of([.. line.Split(' ').Select(word => new LyricsWord(word, 0, 0))])),
    ];

    private async Task<List<LyricsWord>> HeardAsync(PcmFile audio) =>
        [.. (await WhisperFixture.Transcribe(whisper.Transcriber, audio, new() { Language = "en" })).SelectMany(piece => piece.Words)];

    private static Task<PcmFile> AudioAsync() => WhisperFixture.Decode(Repository.SharedFile("audio", "jfk.wav"));

    private static double[] Truth() =>
    [
        .. JsonDocument.Parse(File.ReadAllText(Repository.SharedFile("golden", "jfk.onsets.json")))
            .RootElement.GetProperty("words").EnumerateArray().Select(word => word.GetProperty("start").GetDouble()),
    ];
}
