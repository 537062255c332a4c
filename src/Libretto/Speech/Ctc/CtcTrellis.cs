using System.Buffers;
using System.Numerics.Tensors;

namespace Libretto.Speech.Ctc;

/// <summary>
/// Forced alignment of known tokens to a CTC network's frames: the likeliest path that says just these tokens, blanks
/// between them where it helps and, between two equal tokens, where it must (Viterbi over the trellis of Graves et al.,
/// "Connectionist Temporal Classification", 2006). Paths and spans are those of torchaudio's <c>forced_align</c> and
/// <c>merge_tokens</c>.
/// </summary>
internal static class CtcTrellis
{
    /// <summary>A token for a sound without a class: it takes the best class but blank of each frame, and may follow itself.</summary>
    public const int Wildcard = -1;

    // Of another sound in an open gap, natural logarithm a frame: dearer than any frame of a word that is sung, far cheaper than taking a
    // sound for silence or for the wrong word.
    private const float OtherSound = -2;

    // A class ruled out altogether must not rule out the whole path.
    private const float LeastLogProbability = -1e4f;

    /// <summary>The fewest frames that can hold the tokens: one each, and a blank between two equal ones.</summary>
    public static int FramesNeeded(ReadOnlySpan<int> tokens)
    {
        var needed = tokens.Length;
        for (var i = 1; i < tokens.Length; i++)
            if (NeedsBlank(tokens, i))
                needed++;
        return needed;
    }

    /// <summary>Finds the likeliest path.</summary>
    /// <param name="logProbabilities">Natural logarithms, frames x classes, row-major.</param>
    /// <param name="classes">Classes, blank among them.</param>
    /// <param name="tokens">What is said, in order: classes but blank, or <see cref="Wildcard"/>.</param>
    /// <param name="blank">The blank's class.</param>
    /// <param name="open">
    /// Where something else may be said than the tokens: before which of them, by index, and after the last, as <c>tokens.Length</c>; the
    /// star token of other aligners. Nowhere when null.
    /// </param>
    /// <returns>The path; null when the frames are fewer than <see cref="FramesNeeded"/>.</returns>
    public static CtcPath? Align(
        ReadOnlySpan<float> logProbabilities, int classes, ReadOnlySpan<int> tokens, int blank, IReadOnlySet<int>? open = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        foreach (var token in tokens)
            if (token == blank || token < Wildcard || token >= classes)
                throw new ArgumentOutOfRangeException(nameof(tokens), token, "A token must be a class but blank.");
        var frames = logProbabilities.Length / classes;
        if (frames < FramesNeeded(tokens))
            return null;

        var states = 2 * tokens.Length + 1;
        var steps = ArrayPool<byte>.Shared.Rent(frames * states);
        try
        {
            var last = Fill(logProbabilities, classes, tokens, blank, open, frames, steps);
            return Trace(logProbabilities, classes, tokens, blank, open, frames, steps, last);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(steps);
        }
    }

    /// <summary>
    /// Notes for each frame and state how many states the best path came up by: even states are blanks, odd ones tokens.
    /// Only states that the path can have reached, and from which it can still reach the end, are looked at.
    /// </summary>
    /// <returns>The state the path ends in.</returns>
    private static int Fill(
        ReadOnlySpan<float> logProbabilities, int classes, ReadOnlySpan<int> tokens, int blank, IReadOnlySet<int>? open, int frames,
        Span<byte> steps)
    {
        var states = 2 * tokens.Length + 1;
        Span<double> sums = new double[states];
        sums.Fill(double.NegativeInfinity);
        for (var frame = 0; frame < frames; frame++)
        {
            var row = logProbabilities.Slice(frame * classes, classes);
            var best = BestSound(row, blank);
            var lowest = Math.Max(0, states - 2 * (frames - frame));
            // Downwards, so that the sums below are still those of the frame before.
            for (var state = Math.Min(states - 1, 2 * frame + 1); state >= lowest; state--)
            {
                var (sum, step) = frame == 0 ? (0.0, (byte)0) : Arrive(sums, state, tokens);
                sums[state] = sum + Emission(row, state, tokens, blank, best, open);
                steps[frame * states + state] = step;
            }
        }
        return states > 1 && sums[states - 2] >= sums[states - 1] ? states - 2 : states - 1;
    }

    private static (double Sum, byte Step) Arrive(ReadOnlySpan<double> sums, int state, ReadOnlySpan<int> tokens)
    {
        var (sum, step) = (sums[state], (byte)0);
        if (state > 0 && sums[state - 1] > sum)
            (sum, step) = (sums[state - 1], 1);
        var maySkipBlank = state % 2 == 1 && state > 1 && !NeedsBlank(tokens, state / 2);
        if (maySkipBlank && sums[state - 2] > sum)
            (sum, step) = (sums[state - 2], 2);
        return (sum, step);
    }

    private static CtcPath Trace(
        ReadOnlySpan<float> logProbabilities, int classes, ReadOnlySpan<int> tokens, int blank, IReadOnlySet<int>? open, int frames,
        ReadOnlySpan<byte> steps, int state)
    {
        var path = new int[frames];
        var spans = new CtcSpan[tokens.Length];
        var states = 2 * tokens.Length + 1;
        var total = 0.0;
        for (var frame = frames - 1; frame >= 0; frame--)
        {
            var row = logProbabilities.Slice(frame * classes, classes);
            var emission = Emission(row, state, tokens, blank, BestSound(row, blank), open);
            total += emission;
            path[frame] = state % 2 == 0 ? blank : tokens[state / 2];
            if (state % 2 == 1)
            {
                ref var span = ref spans[state / 2];
                span = new CtcSpan(path[frame], frame, span.End == 0 ? frame + 1 : span.End, span.Probability + Math.Exp(emission));
            }
            state -= steps[frame * states + state];
        }
        for (var i = 0; i < spans.Length; i++)
            spans[i] = spans[i] with { Probability = spans[i].Probability / spans[i].Frames };
        return new CtcPath(path, spans, total);
    }

    private static float Emission(
        ReadOnlySpan<float> row, int state, ReadOnlySpan<int> tokens, int blank, float best, IReadOnlySet<int>? open)
    {
        var value = state % 2 == 0
            ? open?.Contains(state / 2) == true ? Math.Max(row[blank], best + OtherSound) : row[blank]
            : tokens[state / 2] == Wildcard ? best : row[tokens[state / 2]];
        return Math.Max(value, LeastLogProbability);
    }

    private static float BestSound(ReadOnlySpan<float> row, int blank)
    {
        var before = row[..blank];
        var after = row[(blank + 1)..];
        return Math.Max(
            before.IsEmpty ? float.NegativeInfinity : TensorPrimitives.Max(before),
            after.IsEmpty ? float.NegativeInfinity : TensorPrimitives.Max(after));
    }

    private static bool NeedsBlank(ReadOnlySpan<int> tokens, int at) => tokens[at] == tokens[at - 1] && tokens[at] != Wildcard;
}

/// <summary>The likeliest path of known tokens.</summary>
/// <param name="Classes">What each frame says: the blank's class, a token's, or <see cref="CtcTrellis.Wildcard"/>.</param>
/// <param name="Spans">Where each token is said, in order.</param>
/// <param name="LogProbability">Of the whole path, natural logarithm.</param>
internal sealed record CtcPath(int[] Classes, CtcSpan[] Spans, double LogProbability);

/// <summary>Where a token is said.</summary>
/// <param name="Token">The token.</param>
/// <param name="Start">Its first frame.</param>
/// <param name="End">One past its last frame.</param>
/// <param name="Probability">Mean over its frames, 0 to 1.</param>
internal readonly record struct CtcSpan(int Token, int Start, int End, double Probability)
{
    public int Frames => End - Start;
}
