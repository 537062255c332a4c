namespace Libretto.Audio;

/// <summary>A stretch of time within a recording, in seconds from its start.</summary>
/// <param name="Start">Its start, seconds.</param>
/// <param name="End">Its end, seconds; not before <paramref name="Start"/>.</param>
public readonly record struct TimeRange(double Start, double End)
{
    /// <summary>Its length in seconds.</summary>
    public double Length => End - Start;
}
