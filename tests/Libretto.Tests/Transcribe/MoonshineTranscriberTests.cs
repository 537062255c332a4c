using System.Text.Json;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Tests.Support;
using Libretto.Tools;
using Libretto.Transcribe;
using Libretto.Transcribe.Moonshine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libretto.Tests.Transcribe;

public sealed class MoonshineTranscriberTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Clear_words_are_recognised_one_by_one_and_on_time()
    {
        var words = await RecogniseAsync(Samples.TwoLines);

        var truth = JsonDocument.Parse(File.ReadAllText(Repository.File("samples", "morning-light.truth.json")))
            .RootElement.GetProperty("lines").EnumerateArray().Take(2).SelectMany(line => line.GetProperty("words").EnumerateArray())
            .Select(word => (Text: word.GetProperty("text").GetString()!, Start: word.GetProperty("start").GetDouble() - Samples.TwoLinesFrom)).ToArray();
        Assert.Equal(truth.Select(word => Fold(word.Text)), words.Select(word => Fold(word.Text)));
        var close = words.Zip(truth).Count(pair => Math.Abs(pair.First.Start - pair.Second.Start) <= 0.3);
        Assert.True(close >= 0.9 * truth.Length, $"{close} of {truth.Length} starts are within 0.3 s");
    }

    [Fact]
    public async Task A_model_that_could_not_be_loaded_is_loaded_once_it_is_whole()
    {
        var whole = await InstalledModels.MoonshineTinyAsync();
        var engine = new MoonshineTranscriber(_scratch.Path, InstalledModels.Sessions, NullLogger<MoonshineTranscriber>.Instance);
        await Assert.ThrowsAsync<ModelException>(() => engine.PrepareAsync(TestContext.Current.CancellationToken));

        foreach (var file in Directory.EnumerateFiles(whole))
            File.CreateSymbolicLink(_scratch[Path.GetFileName(file)], file);
        await engine.PrepareAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Singing_over_music_is_recognised()
    {
        Assert.Equal("morning light is on the water and the birds begin to sing", await HeardAsync(Samples.TwoLines));
        var excerpt = Path.Combine(Repository.Shared, "audio", "holiznacc0-excerpt.ogg");
        if (File.Exists(excerpt))
            Assert.Equal("they say nothing makes sense but everything does somehow", await HeardAsync(excerpt));

        async Task<string> HeardAsync(string song) => string.Join(' ', (await RecogniseAsync(song)).Select(word => Fold(word.Text)));
    }

    [Theory]
    [InlineData("brownnoise", 0.5)]
    [InlineData("pinknoise", 0.2)]
    [InlineData("whitenoise", 0.05)]
    public async Task Ten_minutes_of_noise_give_no_words(string kind, double volume) =>
        Assert.Empty(await RecogniseAsync(TestAudio.Noise(_scratch, 600, kind, volume)));

    [Fact]
    public async Task Ten_minutes_of_silence_give_no_words() => Assert.Empty(await RecogniseAsync(TestAudio.Silence(_scratch, 600)));

    [Fact]
    public async Task A_minute_of_music_without_a_voice_gives_no_words() =>
        Assert.Empty(await RecogniseAsync(TestAudio.Instrumental(_scratch)));

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public async Task Words_are_heard_wherever_in_the_music_before_them_a_song_is_cut(double from)
    {
        var decoder = new AudioDecoder(new ToolRunner());
        var song = await decoder.ProbeAsync(Repository.File("samples", "morning-light.ogg"), TestContext.Current.CancellationToken);
        using var audio = await decoder.DecodeAsync(
            song, 16_000, 1, new TimeRange(from, 60), cancellationToken: TestContext.Current.CancellationToken);
        var words = await RecogniseAsync(audio);
        var sung = await LyricsFile("morning-light.truth.json");
        var heard = words.Select(word => Fold(word.Text)).ToHashSet();
        Assert.True(sung.Count(heard.Contains) >= 0.9 * sung.Length, string.Join(' ', heard));
        Assert.Equal(words.OrderBy(word => word.Start), words);
    }

    [Fact]
    public async Task Words_are_in_order_and_within_the_song()
    {
        using var audio = await DecodeAsync(Samples.TwoLines);
        var words = await RecogniseAsync(audio);
        Assert.NotEmpty(words);
        Assert.All(words, word => Assert.InRange(word.Start, 0, word.End - 0.001));
        Assert.All(words.Zip(words.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start + 1e-9));
        Assert.True(words[^1].End <= audio.Duration);
        Assert.All(words, word => Assert.InRange(word.Confidence!.Value, 0, 1));
    }

    [Fact]
    public async Task Another_language_is_refused_with_the_way_out()
    {
        using var audio = new PcmFile(16_000, 1);
        audio.Append(new float[16_000]);
        var error = await Assert.ThrowsAsync<TranscribeException>(() => RecogniseAsync(audio, new TranscribeOptions { Language = "es" }));
        Assert.Equal("language_unsupported", error.Code);
        Assert.Contains("libretto models pull", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shortest_recording_is_no_error()
    {
        using var audio = new PcmFile(16_000, 1);
        audio.Append([0.1f, -0.1f, 0.1f]);
        Assert.Empty(await RecogniseAsync(audio));
    }

    private static async Task<List<LyricsWord>> RecogniseAsync(string path)
    {
        using var audio = await DecodeAsync(path);
        return await RecogniseAsync(audio);
    }

    private static async Task<List<LyricsWord>> RecogniseAsync(PcmFile audio, TranscribeOptions? options = null)
    {
        var engine = new MoonshineTranscriber(
            await InstalledModels.MoonshineTinyAsync(), InstalledModels.Sessions, NullLogger<MoonshineTranscriber>.Instance);
        var words = new List<LyricsWord>();
        await foreach (var piece in engine.TranscribeAsync(audio, options ?? new(), null, TestContext.Current.CancellationToken))
            words.AddRange(piece.Words);
        return words;
    }

    private static async Task<string[]> LyricsFile(string name)
    {
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.File("samples", name), TestContext.Current.CancellationToken));
        return
        [
            .. document.RootElement.GetProperty("lines").EnumerateArray().SelectMany(line => line.GetProperty("words").EnumerateArray())
                .Select(word => Fold(word.GetProperty("text").GetString()!)),
        ];
    }

    private static Task<PcmFile> DecodeAsync(string path) =>
        new AudioDecoder(new ToolRunner()).DecodeAsync(path, 16_000, 1, cancellationToken: TestContext.Current.CancellationToken);

    private static string Fold(string word) => new([.. word.ToLowerInvariant().Where(char.IsLetterOrDigit)]);
}
