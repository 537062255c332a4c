using System.Security.Cryptography;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline;
using Libretto.Pipeline.Stems;
using Libretto.Separate;
using Libretto.Settings;
using Libretto.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Tests.Pipeline.Memo;

/// <summary>What was made of a song is not made again; real engines, each run with a library of its own on the same cache.</summary>
public sealed class StageMemoTests : IDisposable
{
    private const string Cached = "cache";

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_song_seen_before_is_neither_decoded_nor_heard_again()
    {
        var song = await SpeechAsync();
        var first = await RunAsync(new SongRequest(song));

        File.Copy(song, _folder["renamed.wav"]);
        var second = await RunAsync(new SongRequest(_folder["renamed.wav"]), Settings with { Ffmpeg = FfmpegThatFails() });

        Assert.NotEmpty(first.Document.Lines);
        Assert.Equal(LyricsFormats.Json.Write(first.Document), LyricsFormats.Json.Write(second.Document));
        Assert.Equal("moonshine/tiny", first.MethodOf(Stage.Transcribe));
        Assert.Equal(Cached, second.MethodOf(Stage.Transcribe));
        Assert.Contains(second.Steps, step => step.Message.Contains("found in the cache", StringComparison.Ordinal));
        Assert.Contains(second.Steps, step => step.Line is not null);
    }

    [Fact]
    public async Task Other_options_are_other_words()
    {
        var song = await SpeechAsync();
        await RunAsync(new SongRequest(song));
        var english = await RunAsync(new SongRequest(song) { Language = "en" });
        Assert.NotEqual(Cached, english.MethodOf(Stage.Transcribe));
    }

    [Fact]
    public async Task Fresh_does_everything_anew_and_keeps_it()
    {
        var song = await SpeechAsync();
        await RunAsync(new SongRequest(song));
        var fresh = await RunAsync(new SongRequest(song) { Fresh = true });
        var after = await RunAsync(new SongRequest(song));
        Assert.NotEqual(Cached, fresh.MethodOf(Stage.Transcribe));
        Assert.Equal(Cached, after.MethodOf(Stage.Transcribe));
    }

    [Fact]
    public async Task With_keep_off_nothing_is_kept()
    {
        var song = await SpeechAsync();
        await RunAsync(new SongRequest(song), Settings with { Keep = false });
        Assert.False(Directory.Exists(_folder["cache"]));
    }

    [Fact]
    public async Task A_store_that_cannot_be_used_costs_a_warning_and_no_song()
    {
        var song = await SpeechAsync();
        await File.WriteAllTextAsync(_folder["cache"], "no folder", Ct);
        var run = await RunAsync(new SongRequest(song));
        Assert.NotEmpty(run.Document.Lines);
        Assert.Single(run.Notices, notice => notice.Contains("cannot be kept for the next time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_kept_and_is_damaged_is_made_again()
    {
        var song = await SpeechAsync();
        var first = await RunAsync(new SongRequest(song));
        foreach (var blob in Directory.EnumerateFiles(_folder["cache/store/blobs"], "*", SearchOption.AllDirectories))
            await File.WriteAllTextAsync(blob, "{ half", Ct);
        var second = await RunAsync(new SongRequest(song));
        Assert.NotEqual(Cached, second.MethodOf(Stage.Transcribe));
        Assert.Equal(LyricsFormats.Json.Write(first.Document), LyricsFormats.Json.Write(second.Document));
    }

    [Fact]
    public async Task Stems_that_came_with_lyrics_are_only_copied_later()
    {
        var song = SungSeconds();
        await using (var first = Services(Settings))
        {
            var request = new SongRequest(song) { Separate = SeparationMode.Always, KeepStems = true };
            using var stems = (await first.GetRequiredService<SongPipeline>().RunAsync(request, cancellationToken: Ct)).Stems!;
            await stems.WriteAsync(_folder["a.vocals.flac"], _folder["a.instrumental.flac"], cancellationToken: Ct);
        }

        await using var services = Services(Settings with { Ffmpeg = FfmpegThatFails() });
        var seen = new Seen();
        await services.GetRequiredService<StemPipeline>().RunAsync(
            new StemRequest(song, _folder["b.vocals.flac"], _folder["b.instrumental.flac"]), seen, Ct);

        Assert.Equal(Cached, seen.MethodOf(Stage.Separate));
        Assert.Equal(Hash("a.vocals.flac"), Hash("b.vocals.flac"));
        Assert.Equal(Hash("a.instrumental.flac"), Hash("b.instrumental.flac"));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["cache/work"], "*", SearchOption.AllDirectories), file => Path.GetFileName(file) != "lock");
    }

    [Fact]
    public async Task Stems_that_are_gone_from_the_store_or_damaged_are_made_again()
    {
        var song = SungSeconds();
        await WriteStemsAsync(song, "first");
        foreach (var blob in Directory.EnumerateFiles(_folder["cache/store/blobs"], "*", SearchOption.AllDirectories).Where(IsFlac).ToList())
            await File.WriteAllBytesAsync(blob, (await File.ReadAllBytesAsync(blob, Ct))[..5000], Ct);

        await WriteStemsAsync(song, "second", AudioFormat.WavFloat);

        await using var services = Services(Settings);
        var decoder = services.GetRequiredService<AudioDecoder>();
        using var whole = await decoder.DecodeAsync(_folder["first.vocals"], 44100, 2, cancellationToken: Ct);
        using var again = await decoder.DecodeAsync(_folder["second.vocals"], 44100, 2, cancellationToken: Ct);
        Assert.Equal(whole.Frames, again.Frames);
    }

    [Fact]
    public async Task Lyrics_are_timed_once_and_words_heard_for_them_serve_again()
    {
        var song = await SpeechAsync();
        var settings = Settings with { Engine = "whisper", Model = "whisper-base" };
        var lyrics = LyricsFormats.Named("txt").Read("The morning light\nis falling on the water");
        await RunAsync(new SongRequest(song) { Language = "en" }, settings);

        var first = await RunAsync(new SongRequest(song) { Language = "en", Lyrics = lyrics }, settings);
        var second = await RunAsync(new SongRequest(song) { Language = "en", Lyrics = lyrics }, settings);

        Assert.Equal((Cached, "attention"), (first.MethodOf(Stage.Transcribe), first.MethodOf(Stage.Align)));
        Assert.Equal((Cached, Cached), (second.MethodOf(Stage.Transcribe), second.MethodOf(Stage.Align)));
        Assert.Equal(LyricsFormats.Json.Write(first.Document), LyricsFormats.Json.Write(second.Document));
    }

    [Fact]
    public async Task With_a_network_for_letters_words_are_timed_by_it_once()
    {
        Directory.CreateDirectory(_folder["letters"]);
        ToneNetwork.Write(_folder["letters"], "|'abcdefghijklmnopqrstuvwxyz");
        var settings = Settings with { Aligner = _folder["letters"] };
        var request = new SongRequest(await SpeechAsync()) { Language = "en" };

        var plain = await RunAsync(request);
        var first = await RunAsync(request, settings);
        var second = await RunAsync(request, settings);

        Assert.Equal(("attention", "ctc"), (plain.Document.Method!.Alignment, first.Document.Method!.Alignment));
        Assert.Equal(Words(plain.Document), Words(first.Document));
        Assert.Empty(DocumentRules.Validate(first.Document));
        Assert.Equal(("ctc", Cached), (first.MethodOf(Stage.Align), second.MethodOf(Stage.Align)));
        Assert.Equal(LyricsFormats.Json.Write(first.Document), LyricsFormats.Json.Write(second.Document));
    }

    [Fact]
    public async Task The_best_quality_listens_to_the_voice_too()
    {
        var song = SungSeconds();
        var first = await RunAsync(new SongRequest(song) { Quality = SongQuality.Best });
        var second = await RunAsync(new SongRequest(song) { Quality = SongQuality.Best }, Settings with { Ffmpeg = FfmpegThatFails() });

        Assert.Contains(first.Steps, step => step.Message == "transcribing the vocals");
        Assert.Equal("spleeter-2stems", first.Document.Method!.Separation);
        Assert.Equal(LyricsFormats.Json.Write(first.Document), LyricsFormats.Json.Write(second.Document));
    }

    [Fact]
    public async Task A_network_for_letters_that_is_not_there_is_an_error_before_any_work()
    {
        var song = await SpeechAsync();
        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(new SongRequest(song), Settings with { Aligner = "nonesuch" }));
        Assert.Equal("model_missing", error.Code);
    }

    private static IEnumerable<string> Words(LyricsDocument document) => document.Lines.SelectMany(line => line.Words).Select(word => word.Text);

    private LibrettoSettings Settings => new()
    {
        Engine = "moonshine",
        Cache = _folder["cache"],
        Models = [Path.GetDirectoryName(InstalledModels.Store.Find(ModelCatalogue.SmallSpeechModel)) ?? "", TestModels.Folder],
    };

    private static ServiceProvider Services(LibrettoSettings settings) => new ServiceCollection().AddLibretto(settings).BuildServiceProvider();

    private Task<Run> RunAsync(SongRequest request) => RunAsync(request, Settings);

    private static async Task<Run> RunAsync(SongRequest request, LibrettoSettings settings)
    {
        await using var services = Services(settings);
        var seen = new Seen();
        var song = await services.GetRequiredService<SongPipeline>().RunAsync(request, seen, Ct);
        return new Run(song.Document, song.Notices, seen);
    }

    private async Task WriteStemsAsync(string song, string name, AudioFormat format = AudioFormat.Flac24)
    {
        await using var services = Services(Settings);
        await services.GetRequiredService<StemPipeline>().RunAsync(
            new StemRequest(song, _folder[name + ".vocals"], _folder[name + ".instrumental"]) { Format = format }, cancellationToken: Ct);
    }

    private async Task<string> SpeechAsync()
    {
        await InstalledModels.MoonshineTinyAsync();
        return TestAudio.Speech(_folder, "The morning light is falling on the water");
    }

    private string SungSeconds() => TestAudio.Ffmpeg(_folder["song.wav"], "-ss", "2", "-i", Repository.File("samples", "morning-light.ogg"), "-t", "4");

    /// <summary>An ffmpeg that decodes nothing, beside a real ffprobe.</summary>
    private string FfmpegThatFails()
    {
        Directory.CreateDirectory(_folder["tools"]);
        File.WriteAllText(_folder["tools/ffmpeg"], "#!/bin/sh\nexit 1\n");
        File.WriteAllText(_folder["tools/ffprobe"], "#!/bin/sh\nexec ffprobe \"$@\"\n");
        foreach (var tool in (string[])["ffmpeg", "ffprobe"])
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(_folder["tools/" + tool], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return _folder["tools/ffmpeg"];
    }

    private string Hash(string name) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_folder[name])));

    private static bool IsFlac(string path)
    {
        using var file = File.OpenRead(path);
        return file.ReadByte() == 'f';
    }

    private sealed record Run(LyricsDocument Document, IReadOnlyList<string> Notices, Seen Seen)
    {
        public IReadOnlyList<SongProgress> Steps => Seen.Steps;

        public string? MethodOf(Stage stage) => Seen.MethodOf(stage);
    }

    private sealed class Seen : IProgress<SongProgress>
    {
        public List<SongProgress> Steps { get; } = [];

        public string? MethodOf(Stage stage) => Steps.LastOrDefault(step => step.Stage == stage)?.Method;

        public void Report(SongProgress value)
        {
            lock (Steps)
                Steps.Add(value);
        }
    }
}
