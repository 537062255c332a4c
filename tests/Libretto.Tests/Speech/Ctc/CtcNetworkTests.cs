using System.Runtime.InteropServices;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Speech;
using Libretto.Speech.Ctc;
using Libretto.Tests.Support;

namespace Libretto.Tests.Speech.Ctc;

public sealed class CtcNetworkTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly OnnxSessions _sessions = new(threads: 1);

    private static CancellationToken Never => TestContext.Current.CancellationToken;

    [Fact]
    public void Scores_are_those_of_the_reference()
    {
        var network = CtcNetwork.Load(Repository.SharedFile("golden", "wav2vec2"), _sessions);
        var samples = Wave(Repository.SharedFile("audio", "jfk.wav"));
        var expected = MemoryMarshal.Cast<byte, float>(
            File.ReadAllBytes(Repository.SharedFile("golden", "wav2vec2", "jfk.logits.f32"))).ToArray();

        var frames = network.Logits(samples, Never);

        Assert.Equal((549, 32), (frames.Count, frames.Classes));
        Assert.Equal(expected.Length, frames.Values.Length);
        Assert.True(expected.Zip(frames.Values, (a, b) => Math.Abs(a - b)).Max() <= 1e-3);
        var probabilities = network.LogProbabilities(samples, Never).Values;
        Assert.All(probabilities.Chunk(32), row => Assert.Equal(1, row.Sum(value => Math.Exp(value)), 1e-4));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_sung_is_heard_with_a_mask_and_without(bool wantsMask)
    {
        ToneNetwork.Write(_folder.Path, "|ab", wantsMask);
        var network = CtcNetwork.Load(_folder.Path, _sessions);
        var heard = network.Logits(ToneNetwork.Sing("|ab", 1, ('a', 0.2, 0.4), ('b', 0.6, 0.8)), Never);
        int Likeliest(double seconds) => Array.IndexOf(
            [.. heard.Values.Skip((int)(seconds * 50) * 4).Take(4)], heard.Values.Skip((int)(seconds * 50) * 4).Take(4).Max());
        Assert.Equal([0, 2, 0, 3, 0], new[] { 0.1, 0.3, 0.5, 0.7, 0.9 }.Select(Likeliest));
    }

    [Fact]
    public void Silence_and_the_shortest_audio_are_heard_without_failing()
    {
        ToneNetwork.Write(_folder.Path, "|ab");
        var network = CtcNetwork.Load(_folder.Path, _sessions);
        Assert.Equal(0, network.Logits([], Never).Count);
        Assert.Equal(0, network.Logits(new float[399], Never).Count);
        var silence = network.LogProbabilities(new float[3200], Never);
        Assert.Equal(9, silence.Count);
        Assert.All(silence.Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void The_network_may_lie_in_the_onnx_folder_and_the_best_precision_is_taken()
    {
        ToneNetwork.Write(_folder.Path, "|ab");
        Directory.CreateDirectory(_folder["onnx"]);
        File.Move(_folder["model.onnx"], _folder["onnx/model_fp16.onnx"]);
        File.WriteAllText(_folder["onnx/model_q4.onnx"], "not read");
        Assert.Equal(4, CtcNetwork.Load(_folder.Path, _sessions).Vocabulary.Count);
    }

    [Fact]
    public void A_cancelled_run_stops()
    {
        ToneNetwork.Write(_folder.Path, "|ab");
        var network = CtcNetwork.Load(_folder.Path, _sessions);
        Assert.ThrowsAny<OperationCanceledException>(() => network.Logits(new float[16000], new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("model.onnx")]
    public void A_missing_file_is_named(string file)
    {
        ToneNetwork.Write(_folder.Path, "|ab");
        File.Delete(_folder[file]);
        var error = Assert.Throws<ModelException>(() => CtcNetwork.Load(_folder.Path, _sessions));
        Assert.Equal("model_incomplete", error.Code);
        Assert.Contains(file, error.Message);
    }

    [Theory]
    [InlineData("vocab.json", """{"<pad>": 0, "|": 1, "a": 2}""", "3 classes")]
    [InlineData("vocab.json", """{"<pad>": 0, "|": 1, "a": 2, "b": 4}""", "gaps")]
    [InlineData("vocab.json", """{"eng": {"<pad>": 0}}""", "vocab.json")]
    [InlineData("vocab.json", "no table", "vocab.json")]
    [InlineData("preprocessor_config.json", """{"sampling_rate": 8000}""", "8000 Hz")]
    [InlineData("preprocessor_config.json", """{"feature_size": 80}""", "80 numbers")]
    [InlineData("preprocessor_config.json", """{"do_normalize": "yes"}""", "preprocessor_config.json")]
    [InlineData("preprocessor_config.json", "[1", "preprocessor_config.json")]
    public void Files_that_do_not_fit_together_are_refused(string file, string content, string says)
    {
        ToneNetwork.Write(_folder.Path, "|ab");
        File.WriteAllText(_folder[file], content);
        var error = Assert.Throws<SpeechException>(() => CtcNetwork.Load(_folder.Path, _sessions));
        Assert.Equal("model_unsupported", error.Code);
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public void A_network_of_another_kind_is_refused()
    {
        ToneNetwork.Write(_folder.Path, "|ab");
        File.Move(Path.Combine(SmallSeparators.WriteDemucs(_folder["other"]), "htdemucs.onnx"), _folder["model.onnx"], overwrite: true);
        var error = Assert.Throws<SpeechException>(() => CtcNetwork.Load(_folder.Path, _sessions));
        Assert.Contains("input_values", error.Message);
    }

    [Fact]
    public void Classes_kept_in_added_tokens_count()
    {
        ToneNetwork.Write(_folder.Path, "|ab");
        File.WriteAllText(_folder["vocab.json"], """{"[PAD]": 0, "|": 1, "a": 2}""");
        File.WriteAllText(_folder["added_tokens.json"], """{"</s>": 3}""");
        var vocabulary = CtcNetwork.Load(_folder.Path, _sessions).Vocabulary;
        Assert.Equal((4, 0, (int?)1), (vocabulary.Count, vocabulary.Blank, vocabulary.Delimiter));
    }

    public void Dispose()
    {
        _sessions.Dispose();
        _folder.Dispose();
    }

    /// <summary>The samples of a 16-bit mono WAV file, read without any of the library's own code.</summary>
    private static float[] Wave(string file)
    {
        var bytes = File.ReadAllBytes(file).AsSpan();
        var data = bytes.IndexOf("data"u8) + 8;
        var samples = MemoryMarshal.Cast<byte, short>(bytes[data..]);
        var floats = new float[samples.Length];
        for (var i = 0; i < floats.Length; i++)
            floats[i] = samples[i] / 32768f;
        return floats;
    }
}
