using Libretto.Audio;
using Libretto.Models.Onnx;
using Libretto.Speech;
using Libretto.Speech.Whisper;
using Libretto.Tests.Support;
using Libretto.Transcribe;
using Libretto.Transcribe.Whisper;

namespace Libretto.Tests.Speech;

/// <summary>What differs from one published Whisper to the next is looked up, not assumed.</summary>
public sealed class WhisperLayoutTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly OnnxSessions _sessions = new(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sessions.Dispose();
        _scratch.Dispose();
    }

    public static TheoryData<string> Layouts => [.. s_layouts.Keys];

    private static readonly Dictionary<string, SmallWhisper> s_layouts = new()
    {
        ["plain"] = new(),
        ["128 bands, other layers and heads"] = new() { Bins = 128, Layers = 3, Heads = 5 },
        ["half precision"] = new() { IsHalf = true },
        ["English only"] = new() { IsMultilingual = false },
        ["no branch switch"] = new() { HasBranchSwitch = false },
        ["told positions"] = new() { HasBranchSwitch = false, HasPosition = true },
        ["all at once"] = new() { Bins = 128, Layers = 4, Heads = 3, IsHalf = true, IsMultilingual = false, HasPosition = true },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task A_network_of_any_layout_transcribes(string layout)
    {
        var folder = s_layouts[layout].Write(_scratch["whisper-small"]);
        using var audio = await WhisperFixture.Decode(TestAudio.Instrumental(_scratch));
        var engine = new WhisperTranscriber(folder, _sessions, batch: 2);
        foreach (var options in (TranscribeOptions[])[new(), new() { Language = "en", BeamSize = 2, Prompt = "a name" }])
        {
            var pieces = await WhisperFixture.Transcribe(engine, audio, options);
            Assert.NotEmpty(pieces);
            Assert.All(pieces, piece => Assert.True(piece.Language == "en" || (s_layouts[layout].IsMultilingual && piece.Language is "es" or "yue")));
        }
    }

    [Fact]
    public async Task A_translation_is_English_whatever_language_is_found()
    {
        using var audio = await WhisperFixture.Decode(TestAudio.Instrumental(_scratch));
        var engine = new WhisperTranscriber(s_layouts["plain"].Write(_scratch["whisper-small"]), _sessions);
        var sung = (await WhisperFixture.Transcribe(engine, audio)).Select(piece => piece.DetectedLanguage).Distinct().Single();
        var translated = await WhisperFixture.Transcribe(engine, audio, new TranscribeOptions { Translate = true });
        Assert.All(translated, piece => Assert.Equal(("en", sung), (piece.Language, piece.DetectedLanguage)));
        Assert.All(
            await WhisperFixture.Transcribe(engine, audio, new TranscribeOptions { Language = "yue" }),
            piece => Assert.Equal(("yue", null), (piece.Language, piece.DetectedLanguage)));
    }

    [Fact]
    public void Samples_that_are_not_numbers_are_heard_as_silence()
    {
        var model = WhisperModel.Load(s_layouts["plain"].Write(_scratch["whisper-small"]), _sessions);
        float[] sound = [.. Enumerable.Range(0, 5 * LogMel.SampleRate).Select(i => MathF.Sin(i * 0.1f) * 0.5f)];
        float[] silent = [.. sound, .. new float[1603]];
        float[] damaged = [.. sound, float.NaN, float.PositiveInfinity, float.NegativeInfinity, .. new float[1600]];

        Assert.Equal(Heard(silent), Heard(damaged));
        Assert.NotEqual(Heard(silent), Heard(new float[silent.Length]));

        float[] Heard(float[] samples)
        {
            using var audio = new PcmFile(LogMel.SampleRate, 1);
            audio.Append(samples);
            return model.ReadWindow(audio, new TimeRange(0, 6)).Values;
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Tokens_fed_one_by_one_are_scored_like_tokens_fed_at_once(string layout)
    {
        var model = WhisperModel.Load(s_layouts[layout].Write(_scratch["whisper-small"]), _sessions);
        using var audio = new PcmFile(LogMel.SampleRate, 1);
        audio.Append([.. Enumerable.Range(0, 5 * LogMel.SampleRate).Select(i => MathF.Sin(i * 0.1f) * 0.5f)]);
        using var heard = model.Decoder.Hear(model.Encode(model.ReadWindow(audio, new TimeRange(0, 5)).Values, Token), Token);
        long[] tokens = [model.Tokenizer.StartOfTranscript, 40, 50, 60];

        using var atOnce = model.Decoder.Begin([heard], 1);
        atOnce.Step(tokens, Token);
        using var oneByOne = model.Decoder.Begin([heard], 1);
        foreach (var token in tokens)
            oneByOne.Step([token], Token);

        Assert.Equal(model.Config.VocabularySize, atOnce.Logits(0, 3).Length);
        Assert.All(
            atOnce.Logits(0, 3).ToArray().Zip(oneByOne.Logits(0, 0).ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 0.05f * (1 + Math.Abs(pair.First))));
        var reading = ForcedPass.Run(model, heard, new ForcedText(250, [40, 50]), "en", Token);
        Assert.Equal(2, reading.Attention.Heads);
        Assert.All(reading.Probabilities, probability => Assert.InRange(probability, 0, 1));
    }
}
