using System.Numerics.Tensors;
using Libretto.Audio;
using Libretto.Models.Onnx;
using Libretto.Speech.Whisper;
using Libretto.Speech.Whisper.Incremental;
using Libretto.Speech.Timing;
using Libretto.Tests.Support;

namespace Libretto.Tests.Speech.Whisper.Incremental;

/// <summary>The decoder by our own kernels, beside ONNX Runtime running the same file.</summary>
public sealed class IncrementalDecoderTests : IClassFixture<IncrementalDecoderTests.Heard>
{
    private readonly Heard _heard;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public IncrementalDecoderTests(Heard heard)
    {
        Assert.SkipUnless(BlockMatrix.IsSupported, "This processor has no AVX2.");
        heard.Listen();
        _heard = heard;
    }

    [Fact]
    public void Tokens_are_as_likely_as_by_the_runtime()
    {
        var runtime = Scores(_heard.Runtime.Begin([_heard.ByRuntime], 1));
        var own = Scores(_heard.Network.Begin([_heard.First], 1));
        Assert.Equal(runtime.Length, own.Length);
        for (var i = 0; i < own.Length; i++)
            Assert.Equal(runtime[i], own[i], 0.5);
        Assert.Equal(runtime.Average(), own.Average(), 0.05);

        double[] Scores(ISequenceDecoder decoder)
        {
            using (decoder)
            {
                decoder.Step(_heard.Tokens, Token);
                return [.. Enumerable.Range(0, _heard.Tokens.Length - 1).Select(i => LogProbability(decoder.Logits(0, i), _heard.Tokens[i + 1]))];
            }
        }
    }

    [Fact]
    public void Attention_lies_where_the_runtime_lays_it()
    {
        var runtime = Attention(_heard.Runtime.Begin([_heard.ByRuntime], 1));
        var own = Attention(_heard.Network.Begin([_heard.First], 1));
        var near = runtime.Zip(own).Count(pair => Math.Abs(pair.First - pair.Second) <= 3);
        Assert.True(near >= 0.9 * runtime.Length, string.Join(' ', runtime.Zip(own)));

        int[] Attention(ISequenceDecoder decoder)
        {
            using (decoder)
            {
                decoder.Step(_heard.Tokens, Token);
                var attention = new CrossAttention(_heard.Model.Config.AlignmentHeads.Count, _heard.Model.Config.EncoderFrames);
                for (var i = 0; i < _heard.Tokens.Length; i++)
                    decoder.AddAttention(attention, 0, i);
                return attention.PositionStarts();
            }
        }
    }

    [Fact]
    public void Tokens_fed_one_by_one_are_scored_exactly_like_tokens_fed_at_once()
    {
        using var atOnce = _heard.Network.Begin([_heard.First], 1);
        atOnce.Step(_heard.Tokens, Token);
        using var oneByOne = _heard.Network.Begin([_heard.First], 1);
        for (var i = 0; i < _heard.Tokens.Length; i++)
        {
            oneByOne.Step([_heard.Tokens[i]], Token);
            Assert.Equal(atOnce.Logits(0, i), oneByOne.Logits(0, 0));
        }
    }

    [Fact]
    public void A_sequence_does_not_depend_on_those_beside_it()
    {
        using var alone = _heard.Network.Begin([_heard.Second], 1);
        using var beside = _heard.Network.Begin([_heard.First, _heard.First, _heard.Second], 3);
        foreach (var token in _heard.Tokens.AsSpan(0, 8))
        {
            alone.Step([token], Token);
            beside.Step([1, 2, token], Token);
        }
        Assert.Equal(alone.Logits(0, 0), beside.Logits(2, 0));
        beside.DropRow(0);
        alone.Step([5], Token);
        beside.Step([5, 7], Token);
        Assert.Equal(alone.Logits(0, 0), beside.Logits(0, 0));
    }

    [Fact]
    public void Beams_go_on_from_the_row_they_branched_from()
    {
        var begin = _heard.Tokens.AsSpan(0, 4).ToArray();
        using var beams = _heard.Network.Begin([_heard.First], 2);
        beams.Step(begin, Token);
        beams.Reorder([0, 0]);
        beams.Step([10, 20], Token);
        beams.Reorder([1, 1]);
        beams.Step([30, 40], Token);

        using var alone = _heard.Network.Begin([_heard.First], 1);
        alone.Step([.. begin, 20, 40], Token);
        Assert.Equal(alone.Logits(0, begin.Length + 1), beams.Logits(1, 0));
    }

    [Fact]
    public void It_stops_when_it_is_told_to()
    {
        using var decoder = _heard.Network.Begin([_heard.First], 1);
        Assert.Throws<OperationCanceledException>(() => decoder.Step(_heard.Tokens, new CancellationToken(canceled: true)));
    }

    private static double LogProbability(ReadOnlySpan<float> logits, long token)
    {
        var numbers = new float[logits.Length];
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), numbers);
        TensorPrimitives.SoftMax<float>(numbers, numbers);
        return Math.Log(numbers[token]);
    }

    /// <summary>Two windows of a song of ours, heard by both; once for all tests, and not before the first has found the model.</summary>
    public sealed class Heard : IDisposable
    {
        private readonly WhisperFixture _whisper = new();
        private bool _isHeard;

        internal WhisperModel Model { get; private set; } = null!;

        internal IncrementalNetwork Network { get; private set; } = null!;

        internal WhisperDecoderLayout Runtime { get; private set; } = null!;

        internal IDecoderAudio First { get; private set; } = null!;

        internal IDecoderAudio Second { get; private set; } = null!;

        internal IDecoderAudio ByRuntime { get; private set; } = null!;

        internal long[] Tokens { get; private set; } = [];

        internal void Listen()
        {
            if (_isHeard)
                return;
            Model = _whisper.Model;
            Network = Assert.IsType<IncrementalNetwork>(Model.Decoder);
            var file = OnnxFiles.Best(Model.Folder, "decoder_model_merged", "onnx");
            Runtime = new WhisperDecoderLayout(Model.Folder, _whisper.Sessions.Open(file), Model.Config);
            using var audio = WhisperFixture.Decode(Path.Combine(Repository.Root, "samples", "morning-light.ogg")).GetAwaiter().GetResult();
            var states = States(audio, 0);
            First = Network.Hear(states, CancellationToken.None);
            ByRuntime = Runtime.Hear(states, CancellationToken.None);
            Second = Network.Hear(States(audio, 9), CancellationToken.None);
            Tokens = [.. Model.StartTokens("en", false).Append(Model.Tokenizer.NoTimestamps)
                .Concat(Model.Tokenizer.Encode(" Morning light is on the water, and the day begins to sing.")).Select(t => (long)t)];
            _isHeard = true;
        }

        public void Dispose()
        {
            First?.Dispose();
            Second?.Dispose();
            ByRuntime?.Dispose();
            _whisper.Dispose();
        }

        private float[] States(PcmFile audio, double start) =>
            Model.Encode(Model.ReadWindow(audio, new TimeRange(start, start + WhisperModel.WindowSeconds)).Values, CancellationToken.None);
    }
}
