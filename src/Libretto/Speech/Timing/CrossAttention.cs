using System.Buffers;
using System.Numerics.Tensors;

namespace Libretto.Speech.Timing;

/// <summary>
/// The cross-attention of one decoded window: for each token position and head, how much each frame of audio was looked at.
/// Rows are added in the order of the tokens; position 0 is the start token that predicts the first word's first token.
/// </summary>
internal sealed class CrossAttention
{
    /// <summary>
    /// Less <see cref="Focus(ReadOnlySpan{int})"/> than this means that no sound stands for the text (docs/decisions.md).
    /// </summary>
    public const double LowestFocus = 0.4;

    private const int MedianWidth = 7;

    /// <summary>What a pause costs where none is expected: about as much as half a second of good attention gives.</summary>
    private const float PauseCost = 50;

    private readonly List<float[]> _positions = [];

    /// <param name="heads">Heads collected.</param>
    /// <param name="frames">Frames of real audio; what the network saw of padding is cropped.</param>
    public CrossAttention(int heads, int frames)
    {
        Heads = heads;
        Frames = frames;
    }

    public int Heads { get; }

    public int Frames { get; }

    public int Positions => _positions.Count;

    /// <summary>Adds a token position.</summary>
    /// <param name="rows">A softmaxed row a head, at least <see cref="Frames"/> long, row-major, <paramref name="stride"/> apart.</param>
    /// <param name="stride">Elements from one head's row to the next.</param>
    public void Add(ReadOnlySpan<float> rows, int stride)
    {
        var position = new float[Heads * Frames];
        for (var head = 0; head < Heads; head++)
        {
            var row = position.AsSpan(head * Frames, Frames);
            rows.Slice(head * stride, Frames).CopyTo(row);
            Normalise(row);
        }
        _positions.Add(position);
    }

    /// <summary>Forgets all but the first positions, as when a guard takes tokens back.</summary>
    public void Truncate(int positions) => _positions.RemoveRange(positions, _positions.Count - positions);

    /// <summary>The positions picked, in the order picked; their rows are shared, not copied.</summary>
    public CrossAttention Pick(IEnumerable<int> positions)
    {
        var picked = new CrossAttention(Heads, Frames);
        picked._positions.AddRange(positions.Select(position => _positions[position]));
        return picked;
    }

    /// <summary>
    /// Finds when each position's attention begins: z-score over positions, median filter over time, mean over heads,
    /// dynamic time warping. After <c>timing.py</c> of openai/whisper (MIT).
    /// </summary>
    /// <param name="heads">The heads to use; all when null.</param>
    /// <param name="frames">The frames that may hold a word, rising; all when null.</param>
    /// <param name="mayPause">
    /// With <paramref name="frames"/>: whether a gap between them is expected after each position; after all when null.
    /// </param>
    /// <returns>One frame a position, never falling.</returns>
    public int[] PositionStarts(IReadOnlyList<int>? heads = null, IReadOnlyList<int>? frames = null, bool[]? mayPause = null)
    {
        // Little cost is where much was looked at: each head's attention as a score over the positions, smoothed over time, subtracted.
        heads ??= [.. Enumerable.Range(0, Heads)];
        var cost = new float[Positions * Frames];
        var scored = ArrayPool<float>.Shared.Rent(Positions * Frames);
        var filtered = ArrayPool<float>.Shared.Rent(Frames);
        try
        {
            var scores = scored.AsSpan(0, Positions * Frames);
            foreach (var head in heads)
            {
                ScoreOverPositions(head, scores);
                for (var position = 0; position < Positions; position++)
                {
                    var row = filtered.AsSpan(0, Frames);
                    MedianFilter.Apply(scores.Slice(position * Frames, Frames), row, MedianWidth);
                    var target = cost.AsSpan(position * Frames, Frames);
                    TensorPrimitives.Subtract(target, row, target);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scored);
            ArrayPool<float>.Shared.Return(filtered);
        }
        // The cheapest way through positions and frames says when each position begins; over all frames where no others are known.
        if (frames is null)
            return DynamicTimeWarping.RowStarts(cost, Positions, Frames);
        // Else over those that may hold a word, put side by side: the way cannot dwell in what was cut out,
        var picked = new float[Positions * frames.Count];
        for (var position = 0; position < Positions; position++)
            for (var i = 0; i < frames.Count; i++)
                picked[position * frames.Count + i] = cost[position * Frames + frames[i]];
        // and pays to cross a cut where no pause is expected. The frames found are counted back to those of the window.
        var breaks = mayPause is null ? null
            : new WarpingBreaks([.. frames.Select((frame, i) => i > 0 && frame > frames[i - 1] + 1)], mayPause, PauseCost);
        return [.. DynamicTimeWarping.RowStarts(picked, Positions, frames.Count, breaks).Select(i => frames[i])];
    }

    /// <summary>How much of the attention lies where the words do: near 1 for clear singing, low for text no sound stands for.</summary>
    /// <param name="starts">One frame a position, as <see cref="PositionStarts"/> gives them.</param>
    public double Focus(ReadOnlySpan<int> starts) => Focus(starts, 0, Positions);

    /// <summary>The same for some of the positions.</summary>
    public double Focus(ReadOnlySpan<int> starts, int from, int to)
    {
        const int Around = 10;
        var sum = 0.0;
        for (var position = from; position < to; position++)
        {
            var first = Math.Max(0, starts[position] - Around);
            var end = Math.Min(Frames, (position + 1 < Positions ? starts[position + 1] : starts[position]) + Around);
            for (var head = 0; head < Heads; head++)
                sum += TensorPrimitives.Sum<float>(_positions[position].AsSpan(head * Frames + first, end - first));
        }
        return sum / (Math.Max(1, to - from) * Heads);
    }

    /// <summary>One head's rows, positions x frames, as they were added and normalised.</summary>
    public void CopyHead(int head, Span<float> destination)
    {
        for (var position = 0; position < Positions; position++)
            _positions[position].AsSpan(head * Frames, Frames).CopyTo(destination[(position * Frames)..]);
    }

    private static void Normalise(Span<float> row)
    {
        var sum = TensorPrimitives.Sum(row);
        if (sum > 0 && float.IsFinite(sum))
            TensorPrimitives.Divide(row, sum, row);
        else
            row.Fill(1f / row.Length);
    }

    /// <summary>Standard score of each frame over the positions, so that frames every token looks at do not count.</summary>
    private void ScoreOverPositions(int head, Span<float> scores)
    {
        CopyHead(head, scores);
        Span<float> mean = new float[Frames], deviation = new float[Frames], difference = new float[Frames];
        for (var position = 0; position < Positions; position++)
            TensorPrimitives.Add(mean, scores.Slice(position * Frames, Frames), mean);
        TensorPrimitives.Divide(mean, Positions, mean);
        for (var position = 0; position < Positions; position++)
        {
            TensorPrimitives.Subtract(scores.Slice(position * Frames, Frames), mean, difference);
            TensorPrimitives.MultiplyAdd(difference, difference, deviation, deviation);
        }
        TensorPrimitives.Divide(deviation, Positions, deviation);
        TensorPrimitives.Sqrt(deviation, deviation);
        TensorPrimitives.Max(deviation, 1e-10f, deviation);
        for (var position = 0; position < Positions; position++)
        {
            var row = scores.Slice(position * Frames, Frames);
            TensorPrimitives.Subtract(row, mean, row);
            TensorPrimitives.Divide(row, deviation, row);
        }
    }
}
