using System.Text.Json;
using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Audio.Activity;

public sealed class ActivityDetectorTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly AudioDecoder _decoder = new(new ToolRunner());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Silence_is_not_active()
    {
        using var pcm = await DecodeAsync(TestAudio.Silence(_folder, 20));
        Assert.Empty(ActivityDetector.Detect(pcm, null, Token));
        Assert.Empty(ActivityDetector.Detect(pcm, ActivityOptions.ForStem, Token));
    }

    [Theory]
    [InlineData("brownnoise", 0.9)]
    [InlineData("brownnoise", 0.01)]
    [InlineData("pinknoise", 0.5)]
    [InlineData("whitenoise", 0.3)]
    [InlineData("whitenoise", 0.3, 4.097)]
    public async Task Steady_noise_is_not_active(string kind, double volume, double seconds = 60)
    {
        using var pcm = await DecodeAsync(TestAudio.Noise(_folder, seconds, kind, volume));
        Assert.Empty(ActivityDetector.Detect(pcm, null, Token));
    }

    [Fact]
    public async Task Ranges_start_where_speech_does_after_silence()
    {
        var speech = TestAudio.Speech(_folder, "Morning light is on the water");
        var spaced = TestAudio.Ffmpeg(
            _folder["spaced.wav"], "-i", speech, "-i", speech, "-filter_complex", "[0]adelay=2000[a];[1]adelay=8000[b];[a][b]amix=duration=longest");
        using var pcm = await DecodeAsync(spaced);

        var ranges = ActivityDetector.Detect(pcm, null, Token);

        Assert.All([2.0, 8.0], start => Assert.Contains(ranges, r => Math.Abs(r.Start - start) <= 0.2));
        if (File.Exists(Path.Combine(Repository.Shared, "golden", "jfk.onsets.json")))
            await RecordedAsync();
    }

    private async Task RecordedAsync()
    {
        using var pcm = await DecodeAsync(Repository.SharedFile("audio", "jfk.wav"));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.SharedFile("golden", "jfk.onsets.json"), Token));
        var onsets = json.RootElement.GetProperty("words").EnumerateArray().Select(w => w.GetProperty("start").GetDouble()).ToList();

        var ranges = ActivityDetector.Detect(pcm, null, Token);

        // And, ask, not, what, ask: the words after a pause.
        Assert.All([0, 5, 6, 7, 14], i => Assert.Contains(ranges, r => Math.Abs(r.Start - onsets[i]) <= 0.1));
        Assert.All(onsets, onset => Assert.Contains(ranges, r => r.Start <= onset + 0.05 && onset < r.End));
    }

    [Fact]
    public async Task No_singing_over_accompaniment_is_lost_in_any_of_four_songs()
    {
        foreach (var song in (string[])["Avercage_-_Embers", "Fantasma_-_Los_Rombos", "Séculaire_feat._Nÿme_-_saru", "Veränderung_-_doromusis"])
            await AssertHeardAsync(song);
    }

    private async Task AssertHeardAsync(string song)
    {
        using var pcm = await DecodeAsync(Repository.SharedFile("audio", "songs", song + ".mp3"));
        var words = (await File.ReadAllLinesAsync(Repository.SharedFile("audio", "songs", song + ".words.csv"), Token))
            .Skip(1).Select(line => line.Split(',')).Select(f => new TimeRange(double.Parse(f[0]), double.Parse(f[1]))).ToList();
        var ranges = ActivityDetector.Detect(pcm, null, Token);

        Assert.NotEmpty(words);
        // The words were marked by hand: a tenth of a second is theirs.
        Assert.All(words, word => Assert.Contains(ranges, r => r.Start < word.End + 0.1 && word.Start < r.End));
        // Some are marked on into the silence after them.
        Assert.InRange(Covered(words, ranges), 0.95, 1);
    }

    [Fact]
    public async Task A_vocal_stem_is_active_where_it_sings()
    {
        using var pcm = await DecodeAsync(Repository.SharedFile("golden", "spleeter", "holiznacc0-vocals.wav"));

        var ranges = ActivityDetector.Detect(pcm, ActivityOptions.ForStem, Token);

        Assert.NotEmpty(ranges);
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.Second.Start - pair.First.End > 0.5));
        Assert.True(ranges[^1].End <= pcm.Duration);
    }

    [Fact]
    public void An_empty_recording_has_no_activity()
    {
        using var pcm = new PcmFile(16000, 1);
        Assert.Empty(ActivityDetector.Detect(pcm, null, Token));
        Assert.Empty(ActivityDetector.Detect(pcm, ActivityOptions.ForStem, Token));
    }

    [Fact]
    public async Task Spoken_words_in_steady_noise_are_found_and_the_noise_around_is_not()
    {
        var noise = TestAudio.Noise(_folder, 20, "pinknoise", 0.05);
        var speech = TestAudio.Speech(_folder, "Seven sailors sang a song about the sea");
        var mix = TestAudio.Ffmpeg(
            _folder["mix.wav"], "-i", noise, "-i", speech,
            "-filter_complex", "[1]aresample=16000,adelay=10000[s];[0][s]amix=duration=first:normalize=0");
        using var pcm = await DecodeAsync(mix);

        var ranges = ActivityDetector.Detect(pcm, null, Token);

        Assert.InRange(ranges[0].Start, 9.8, 10.15);
        Assert.InRange(ranges[^1].End, 11.5, 15);
    }

    private static double Covered(List<TimeRange> words, IReadOnlyList<TimeRange> ranges) =>
        words.Sum(w => ranges.Sum(r => Math.Max(0, Math.Min(r.End, w.End) - Math.Max(r.Start, w.Start)))) / words.Sum(w => w.Length);

    private Task<PcmFile> DecodeAsync(string path) => _decoder.DecodeAsync(path, 16000, 1, null, Token);
}
