namespace Libretto.Audio.Activity;

/// <summary>Shapes levels into ranges: hysteresis, shortest silence, shortest range, padding.</summary>
internal static class ActivityGate
{
    /// <param name="decibels">One level every 10 ms.</param>
    /// <param name="thresholds">Where a range ends, for each level; it begins <see cref="ActivityOptions.Hysteresis"/> above.</param>
    /// <param name="duration">The recording's length, seconds.</param>
    /// <param name="options">The shape wanted.</param>
    public static List<TimeRange> Ranges(
        ReadOnlySpan<float> decibels, ReadOnlySpan<float> thresholds, double duration, ActivityOptions options)
    {
        var ranges = new List<TimeRange>();
        var place = 0;
        while (NextRun(decibels, thresholds, (float)options.Hysteresis, ref place) is { } run)
        {
            if (ranges.Count > 0 && run.Start - ranges[^1].End < options.MinimumSilence)
                ranges[^1] = ranges[^1] with { End = run.End };
            else
                ranges.Add(run);
        }
        ranges.RemoveAll(range => range.Length < options.MinimumActive);
        return Padded(ranges, duration, options);
    }

    /// <summary>The next stretch that stays above the threshold and somewhere rises clearly above it.</summary>
    private static TimeRange? NextRun(ReadOnlySpan<float> decibels, ReadOnlySpan<float> thresholds, float hysteresis, ref int place)
    {
        while (place < decibels.Length)
        {
            while (place < decibels.Length && decibels[place] <= thresholds[place])
                place++;
            var start = place;
            var rises = false;
            for (; place < decibels.Length && decibels[place] > thresholds[place]; place++)
                rises |= decibels[place] > thresholds[place] + hysteresis;
            if (rises)
                return new TimeRange((double)start / VoiceLevels.HopsPerSecond, (double)place / VoiceLevels.HopsPerSecond);
        }
        return null;
    }

    private static List<TimeRange> Padded(List<TimeRange> ranges, double duration, ActivityOptions options)
    {
        var padded = new List<TimeRange>(ranges.Count);
        foreach (var range in ranges)
        {
            var start = Math.Max(0, range.Start - options.PadBefore);
            var end = Math.Min(duration, range.End + options.PadAfter);
            if (padded.Count > 0 && start <= padded[^1].End)
                padded[^1] = padded[^1] with { End = end };
            else
                padded.Add(new TimeRange(start, end));
        }
        return padded;
    }
}
