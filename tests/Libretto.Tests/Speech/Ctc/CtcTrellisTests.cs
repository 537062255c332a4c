using System.Text.Json;
using CsCheck;
using Libretto.Speech.Ctc;
using Libretto.Tests.Support;

namespace Libretto.Tests.Speech.Ctc;

public class CtcTrellisTests
{
    private const int Blank = 0, Classes = 4;

    [Fact]
    public void Paths_and_spans_are_those_of_the_reference()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Repository.SharedFile("golden", "ctc", "forced-align.json")));
        Assert.Equal(4, json.RootElement.GetArrayLength());
        Assert.All(json.RootElement.EnumerateArray(), AssertAligned);
    }

    private static void AssertAligned(JsonElement example)
    {
        var path = CtcTrellis.Align(
            Floats(example.GetProperty("logprobs")), example.GetProperty("classes").GetInt32(),
            Integers(example.GetProperty("tokens")), example.GetProperty("blank").GetInt32());

        Assert.NotNull(path);
        Assert.Equal(Integers(example.GetProperty("path")), path.Classes);
        Assert.Equal(example.GetProperty("total_logprob").GetDouble(), path.LogProbability, 1e-3);
        var spans = example.GetProperty("spans").EnumerateArray().ToArray();
        Assert.Equal(spans.Length, path.Spans.Length);
        foreach (var (expected, span) in spans.Zip(path.Spans))
        {
            Assert.Equal(expected.GetProperty("token").GetInt32(), span.Token);
            Assert.Equal(expected.GetProperty("start").GetInt32(), span.Start);
            Assert.Equal(expected.GetProperty("end").GetInt32(), span.End);
            Assert.Equal(expected.GetProperty("score").GetDouble(), span.Probability, 1e-3);
        }
    }

    [Fact]
    public void No_path_is_better_than_the_one_found_with_wildcards_or_without() =>
        (from frames in Gen.Int[1, 6]
         from scores in Gen.Float[-6, 0].Array[frames * Classes]
         from tokens in Gen.Int[0, 3].Select(token => token == 0 ? CtcTrellis.Wildcard : token).Array[0, 4]
         select (scores, tokens)).Sample(example =>
        {
            var best = BestByTrying(example.scores, example.tokens);
            var path = CtcTrellis.Align(example.scores, Classes, example.tokens, Blank);
            if (best is null)
            {
                Assert.Null(path);
                return;
            }
            Assert.NotNull(path);
            Assert.Equal(best.Value, path.LogProbability, 1e-4);
            CheckPath(path, example.tokens, example.scores);
        }, iter: 2000);

    [Theory]
    [InlineData(new[] { 1, 2 }, 2)]
    [InlineData(new[] { 1, 1 }, 3)]
    [InlineData(new[] { -1, -1 }, 2)]
    [InlineData(new int[0], 0)]
    public void Tokens_that_cannot_fit_have_no_path(int[] tokens, int needed)
    {
        Assert.Equal(needed, CtcTrellis.FramesNeeded(tokens));
        Assert.NotNull(CtcTrellis.Align(new float[needed * Classes], Classes, tokens, Blank));
        if (needed > 0)
            Assert.Null(CtcTrellis.Align(new float[(needed - 1) * Classes], Classes, tokens, Blank));
    }

    [Theory]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 0 }, 2)]
    public void What_else_is_said_in_an_open_gap_is_not_taken_for_the_words(int[] open, int starts)
    {
        // Something of another class twice, then 1 and 2: to call it 1 is likelier than to call it silence, and both are wrong.
        float[][] said = [[-9, -6, -8, -0.1f], [-9, -6, -8, -0.1f], [-9, -0.1f, -8, -6], [-9, -8, -0.1f, -6]];
        var path = CtcTrellis.Align([.. said.SelectMany(row => row)], Classes, [1, 2], Blank, open.ToHashSet());
        Assert.Equal(starts, path!.Spans[0].Start);
    }

    [Fact]
    public void A_wildcard_takes_the_sound_that_is_there()
    {
        // Blank, 1, blank, an unknown sound over two frames, blank, 2.
        int[] said = [0, 1, 0, 3, 3, 0, 2];
        var scores = said.SelectMany(s => Enumerable.Range(0, Classes).Select(c => c == s ? -0.1f : -5f)).ToArray();
        var path = CtcTrellis.Align(scores, Classes, [1, CtcTrellis.Wildcard, 2], Blank);
        Assert.Equal([0, 1, 0, -1, -1, 0, 2], path!.Classes);
        Assert.Equal(Math.Exp(-0.1), path.Spans[1].Probability, 1e-6);
    }

    [Fact]
    public void A_class_ruled_out_does_not_rule_out_the_path()
    {
        float[] scores = [0, float.NegativeInfinity, -9, -9, 0, float.NegativeInfinity, -9, -9];
        Assert.Equal([(0, 1), (1, 2)], CtcTrellis.Align(scores, Classes, [1, 2], Blank)!.Spans.Select(s => (s.Start, s.End)));
    }

    [Fact]
    public void The_blank_is_not_a_token() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CtcTrellis.Align(new float[8], Classes, [Blank], Blank));

    private static void CheckPath(CtcPath path, int[] tokens, float[] scores)
    {
        Assert.Equal(tokens, path.Spans.Select(span => span.Token));
        var reached = 0;
        foreach (var span in path.Spans)
        {
            Assert.True(span.Start >= reached && span.End > span.Start);
            Assert.All(Enumerable.Range(span.Start, span.Frames), frame => Assert.Equal(span.Token, path.Classes[frame]));
            var mean = Enumerable.Range(span.Start, span.Frames).Average(frame => Math.Exp(Score(scores, frame, span.Token)));
            Assert.Equal(mean, span.Probability, 1e-5);
            reached = span.End;
        }
    }

    /// <summary>The best of all ways to give each frame a state of the trellis, tried one by one.</summary>
    private static double? BestByTrying(float[] scores, int[] tokens)
    {
        var frames = scores.Length / Classes;
        var states = 2 * tokens.Length + 1;
        double? best = null;
        void Go(int frame, int state, double sum)
        {
            sum += Score(scores, frame, state % 2 == 0 ? Blank : tokens[state / 2]);
            if (frame == frames - 1)
            {
                if (state >= states - 2)
                    best = Math.Max(best ?? double.NegativeInfinity, sum);
                return;
            }
            for (var next = state; next <= Math.Min(state + 2, states - 1); next++)
            {
                var skips = next == state + 2;
                var equal = skips && next % 2 == 1 && tokens[next / 2] == tokens[(next / 2) - 1] && tokens[next / 2] != CtcTrellis.Wildcard;
                if (!skips || (next % 2 == 1 && !equal))
                    Go(frame + 1, next, sum);
            }
        }
        Go(0, 0, 0);
        if (states > 1)
            Go(0, 1, 0);
        return best;
    }

    private static double Score(float[] scores, int frame, int token)
    {
        var row = scores.AsSpan(frame * Classes, Classes);
        return token == CtcTrellis.Wildcard ? Math.Max(row[1], Math.Max(row[2], row[3])) : row[token];
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetSingle())];

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}
