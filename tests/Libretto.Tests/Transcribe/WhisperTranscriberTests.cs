using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;
using Libretto.Tests.Support;
using Libretto.Transcribe;
using Libretto.Transcribe.Whisper;

namespace Libretto.Tests.Transcribe;

public sealed class WhisperTranscriberTests(WhisperFixture whisper) : IClassFixture<WhisperFixture>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static readonly string[] s_recordings = ["jfk.wav", "vm-intro-en.wav", "holiznacc0-excerpt.ogg"];

    [Fact]
    public async Task The_words_are_the_references()
    {
        foreach (var recording in s_recordings)
        {
            using var audio = await WhisperFixture.Decode(Repository.SharedFile("audio", recording));
            var pieces = await WhisperFixture.Transcribe(whisper.Transcriber, audio, new TranscribeOptions { Language = "en" });

            Assert.Equal(Plain(Golden(recording).GetProperty("text").GetString()!), Plain(string.Join(' ', Words(pieces).Select(w => w.Text))));
            AssertTimed(Words(pieces), audio.Duration);
        }
    }

    [Fact]
    public async Task Beam_search_finds_the_same_clear_speech()
    {
        using var audio = await WhisperFixture.Decode(Repository.SharedFile("audio", "jfk.wav"));
        var pieces = await WhisperFixture.Transcribe(whisper.Transcriber, audio, new TranscribeOptions { Language = "en", BeamSize = 3 });
        Assert.Equal(Plain(Golden("jfk.wav").GetProperty("text").GetString()!), Plain(string.Join(' ', Words(pieces).Select(w => w.Text))));
        AssertTimed(Words(pieces), audio.Duration);
    }

    [Fact]
    public async Task The_language_is_found()
    {
        using var audio = await WhisperFixture.Decode(Repository.SharedFile("audio", "jfk.wav"));
        var piece = Assert.Single(await WhisperFixture.Transcribe(whisper.Transcriber, audio));
        Assert.Equal("en", piece.Language);
        Assert.InRange(piece.LanguageProbability!.Value, 0.9, 1);
    }

    [Fact]
    public async Task Where_nobody_sings_there_are_no_words()
    {
        string[] recordings =
        [
            TestAudio.Silence(_folder, 40), TestAudio.Tone(_folder, 20),
            .. ((string[])["brownnoise", "pinknoise", "whitenoise"]).Select(kind => TestAudio.Noise(_folder, 20, kind)),
        ];
        foreach (var recording in recordings)
        {
            using var audio = await WhisperFixture.Decode(recording);
            Assert.Empty(Words(await WhisperFixture.Transcribe(whisper.Transcriber, audio, new TranscribeOptions { Language = "en" })));
        }
        foreach (var samples in (int[])[0, 800])
        {
            using var audio = new PcmFile(16000, 1);
            audio.Append(Enumerable.Range(0, samples).Select(i => MathF.Sin(i)).ToArray());
            Assert.Empty(Words(await WhisperFixture.Transcribe(whisper.Transcriber, audio, new TranscribeOptions { Language = "en" })));
        }
    }

    [Fact]
    public async Task An_unknown_language_is_refused_with_those_known()
    {
        var error = await Refused(new TranscribeOptions { Language = "xx" });
        Assert.Equal("unknown_language", error.Code);
        Assert.Contains(" es", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_too_long_is_refused() =>
        Assert.Equal("prompt_too_long", (await Refused(new TranscribeOptions { Prompt = string.Concat(Enumerable.Repeat("Fitzgerald, ", 200)) })).Code);

    [Fact]
    public async Task A_prompt_spells_names()
    {
        using var audio = await WhisperFixture.Decode(TestAudio.Speech(_folder, "My friend Kathryn Smyth sings tonight with the band"));
        var plain = await WhisperFixture.Transcribe(whisper.Transcriber, audio, new TranscribeOptions { Language = "en" });
        var prompted = await WhisperFixture.Transcribe(whisper.Transcriber, audio, new TranscribeOptions { Language = "en", Prompt = "Kathryn Smyth" });
        Assert.DoesNotContain(Words(plain), w => w.Text.Contains("Kathryn", StringComparison.Ordinal));
        Assert.Contains(Words(prompted), w => w.Text.Contains("Kathryn", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelling_stops_the_work()
    {
        using var audio = await WhisperFixture.Decode(Samples.TwoLines);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Task.Run(
            async () =>
            {
                await foreach (var _ in Any.TranscribeAsync(audio, new TranscribeOptions { Language = "en" }, null, cancel.Token))
                    Assert.Fail("A piece came after cancellation.");
            },
            Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Cancelling_is_felt_within_half_a_second_early_and_late()
    {
        await FeltAsync(100);
        await FeltAsync(1500);
    }

    private async Task FeltAsync(int milliseconds)
    {
        using var audio = await WhisperFixture.Decode(TestAudio.Ffmpeg(
            _folder["long.ogg"], "-stream_loop", "4", "-i", Repository.File("samples", "morning-light.ogg"), "-c:a", "libopus"));
        var engine = whisper.Transcriber;
        await engine.PrepareAsync(Token);
        // The shortest of three, and a bound that a busy machine keeps too: half a second is what an idle one takes at most.
        var felt = double.MaxValue;
        for (var attempt = 0; attempt < 3 && felt > 0.5; attempt++)
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var run = WhisperFixture.Transcribe(engine, audio, new TranscribeOptions { Language = "en" }, cancel.Token);
            await Task.Delay(milliseconds, Token);
            var watch = Stopwatch.StartNew();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            felt = Math.Min(felt, watch.Elapsed.TotalSeconds);
        }
        Assert.InRange(felt, 0, 3);
    }

    [Fact]
    public async Task By_the_usual_rule_words_start_where_the_references_do()
    {
        foreach (var recording in s_recordings)
            await StartsAsync(recording);
    }

    private async Task StartsAsync(string recording)
    {
        var model = whisper.Model;
        using var audio = await WhisperFixture.Decode(Repository.SharedFile("audio", recording));
        var samples = new float[WhisperModel.WindowSamples];
        audio.Read(0, samples);
        var features = new float[model.Features.Bins * 3000];
        model.Features.Compute(samples, features);
        using var heard = model.Decoder.Hear(model.Encode(features, Token), Token);

        int[] tokens = [.. Golden(recording).GetProperty("segments").EnumerateArray()
            .SelectMany(s => s.GetProperty("tokens").EnumerateArray()).Select(t => t.GetInt32()).Where(model.Tokenizer.IsText)];
        var frames = (int)(audio.Duration / WhisperModel.SecondsPerFrame);
        var reading = ForcedPass.Run(model, heard, new ForcedText(frames, tokens), "en", Token);
        var words = model.Tokenizer.SplitWords(tokens, "en");
        var starts = reading.Attention.PositionStarts();
        double[] times = [.. words.Select(w => starts[w.First] * WhisperModel.SecondsPerFrame)];

        var expected = Golden(recording).GetProperty("segments").EnumerateArray().SelectMany(s => s.GetProperty("words").EnumerateArray()).ToArray();
        Assert.Equal(expected.Select(w => w.GetProperty("word").GetString()), words.Select(w => w.Text));
        var near = expected.Zip(times).Count(pair => Math.Abs(pair.First.GetProperty("start").GetDouble() - pair.Second) <= 0.1);
        Assert.True(near >= 0.9 * expected.Length, string.Join(' ', expected.Zip(times).Select(
            pair => $"{pair.First.GetProperty("word").GetString()} {pair.First.GetProperty("start").GetDouble():F2}/{pair.Second:F2}")));
    }

    private async Task<LibrettoException> Refused(TranscribeOptions options)
    {
        using var audio = new PcmFile(16000, 1);
        audio.Append(new float[16000]);
        return await Assert.ThrowsAnyAsync<LibrettoException>(() => WhisperFixture.Transcribe(Any, audio, options));
    }

    /// <summary>An engine for what does not depend on what it understands.</summary>
    private WhisperTranscriber Any => new(Path.Combine(TestModels.Folder, TestModels.Whisper), whisper.Sessions);

    private static List<LyricsWord> Words(IEnumerable<TranscribedPiece> pieces) => [.. pieces.SelectMany(p => p.Words)];

    private static void AssertTimed(List<LyricsWord> words, double duration)
    {
        var last = 0.0;
        foreach (var word in words)
        {
            Assert.InRange(word.Start, last, duration);
            Assert.True(word.Start < word.End, word.ToString());
            Assert.True(word.End <= duration + 1e-9, word.ToString());
            last = word.Start;
        }
    }

    private static string Plain(string text) =>
        string.Join(' ', new string([.. text.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) || c == '\'' ? c : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static JsonElement Golden(string recording)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.SharedFile("golden", "whisper", Path.ChangeExtension(recording, ".json"))));
        return document.RootElement.Clone();
    }
}
