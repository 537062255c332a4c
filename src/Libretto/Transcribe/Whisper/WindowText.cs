using Libretto.Audio;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>What became of one window: its parts as they were decoded, the whole window first.</summary>
/// <param name="Range">The window.</param>
/// <param name="Encoded">Its encoded audio.</param>
internal sealed record WindowText(TimeRange Range, EncodedWindow Encoded)
{
    /// <summary>The parts decoded so far.</summary>
    public List<WindowPart> Parts { get; } = [];

    /// <summary>The texts of all parts in order of time, as one.</summary>
    public Hypothesis Whole()
    {
        var whole = new Hypothesis([]);
        foreach (var text in Parts.OrderBy(part => part.Range.Start).Select(part => part.Result!.Hypothesis))
        {
            whole.Tokens.AddRange(text.Tokens);
            whole.LogProbabilities.AddRange(text.LogProbabilities);
            whole.LogProbability += text.LogProbability;
        }
        return whole;
    }

    /// <summary>Which guards acted, and how often.</summary>
    public IReadOnlyDictionary<string, int> Guards() => Parts
        .SelectMany(part => part.Result!.Guards)
        .GroupBy(guard => guard.Key, guard => guard.Value)
        .ToDictionary(guard => guard.Key, guard => guard.Sum());
}

/// <summary>A stretch of a window that is decoded by itself.</summary>
/// <param name="Text">The window it belongs to.</param>
/// <param name="Range">The stretch.</param>
/// <param name="IsWhole">Whether it is the whole window, in which the network finds the first time itself.</param>
internal sealed record WindowPart(WindowText Text, TimeRange Range, bool IsWhole)
{
    /// <summary>What was written; null before it was decoded.</summary>
    public GuardedText? Result { get; set; }

    /// <summary>
    /// The frames that are read: where the stretch ends its window, on to the end of what was encoded, as no one stops in the middle of a
    /// line.
    /// </summary>
    /// <param name="windowFrames">Frames of a whole window.</param>
    public EncodedStretch Stretch(int windowFrames)
    {
        var part = Text.Encoded.Part(Range.Start, Range.End);
        return Range.End < Text.Range.End ? part : part with { To = windowFrames };
    }

    /// <summary>The same for the same stretch of a recording.</summary>
    public int Seed => (int)(Range.Start * 1000) ^ ((int)(Range.End * 1000) << 7);
}
