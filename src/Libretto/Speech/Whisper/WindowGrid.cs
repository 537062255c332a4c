using Libretto.Audio;

namespace Libretto.Speech.Whisper;

/// <summary>
/// Where windows begin that the encoder reads, so that who listens next reads the same ones. It depends on what is asked for and in which
/// order alone, never on what happens to be encoded already. Not for several threads.
/// </summary>
internal sealed class WindowGrid
{
    private readonly double _duration;
    private readonly SortedSet<double> _starts;

    /// <param name="planned">The windows planned for recognition.</param>
    /// <param name="duration">The recording's length, seconds.</param>
    public WindowGrid(IReadOnlyList<TimeRange> planned, double duration)
    {
        _duration = duration;
        _starts = [.. planned.Select(window => window.Start)];
    }

    /// <summary>The windows in order, seconds.</summary>
    public IReadOnlyList<TimeRange> Windows => [.. _starts.Select(Window)];

    /// <summary>The window in which a stretch lies most central; null where none holds it.</summary>
    public TimeRange? Find(TimeRange stretch) => Windows
        .Where(window => window.Start <= stretch.Start && stretch.End <= window.End)
        .OrderBy(window => Math.Abs(Middle(window) - Middle(stretch)))
        .Select(window => (TimeRange?)window).FirstOrDefault();

    /// <summary>The same; where none holds it, one is added around it.</summary>
    /// <param name="stretch">At most as long as a window.</param>
    public TimeRange Cover(TimeRange stretch)
    {
        if (Find(stretch) is { } found)
            return found;
        var start = Math.Max(0, Math.Round(Middle(stretch) - WhisperModel.WindowSeconds / 2, 2));
        _starts.Add(start);
        return Window(start);
    }

    private TimeRange Window(double start) => new(start, Math.Min(start + WhisperModel.WindowSeconds, _duration));

    private static double Middle(TimeRange range) => (range.Start + range.End) / 2;
}
