using Libretto.Audio;
using Libretto.Speech.Whisper;

namespace Libretto.Align;

/// <summary>A stretch of audio and the given words expected in it.</summary>
/// <param name="Audio">The stretch.</param>
/// <param name="FirstWord">Index of the first word fed.</param>
/// <param name="EndWord">One past the last word fed.</param>
/// <param name="FirstKept">Index of the first word whose time is taken; those before are there for company.</param>
/// <param name="EndKept">One past the last word whose time is taken.</param>
internal sealed record AlignmentWindow(TimeRange Audio, int FirstWord, int EndWord, int FirstKept, int EndKept)
{
    private const double LongestCore = 16, LongestAudio = 29;

    /// <summary>More words than anyone sings in a window.</summary>
    private const int MostWords = 80;

    /// <summary>A line this far from the next is no company: what lies between would have to be explained away.</summary>
    private const double FarApart = 5;

    /// <summary>Cuts the text into windows of whole lines, each with the lines around it for company where they are near.</summary>
    /// <param name="text">The words.</param>
    /// <param name="times">An estimate of each word's start and of the text's end, seconds.</param>
    /// <param name="margin">How far an estimate may be off, seconds.</param>
    /// <param name="duration">Length of the song.</param>
    /// <param name="grid">Windows that are encoded already: lines that lie in one of them keep to it.</param>
    /// <param name="limit">How much the network reads at once; each line by itself fits.</param>
    public static IReadOnlyList<AlignmentWindow> Plan(
        GivenText text, IReadOnlyList<double> times, double margin, double duration, WindowGrid? grid = null,
        TokenLimit? limit = null)
    {
        var windows = new List<AlignmentWindow>();
        for (int line = 0, next; line < text.Lines; line = next)
        {
            for (next = line + 1; next < text.Lines; next++)
            {
                var start = times[text.First(line)];
                var gap = times[text.First(next)] - text.EndOf(times, next - 1);
                if (grid is not null && grid.Find(Span(line, next)) is not null && grid.Find(Span(line, next + 1)) is null)
                    break;
                if (text.EndOf(times, next) - start > LongestCore || gap > FarApart || text.First(next + 1) - text.First(line) > MostWords
                    || limit?.Fits(text.First(line), text.First(next + 1)) == false)
                    break;
            }
            if (text.First(next) > text.First(line))
                windows.Add(Make(text, times, margin, duration, line, next, grid, limit));
        }
        return windows;

        TimeRange Span(int from, int to) => new(
            Math.Max(0, times[text.First(from)] - margin), Math.Min(duration, text.EndOf(times, to - 1) + margin));
    }

    private static AlignmentWindow Make(
        GivenText text, IReadOnlyList<double> times, double margin, double duration, int line, int next, WindowGrid? grid,
        TokenLimit? limit)
    {
        var (first, end) = (line, next);
        double Start() => Math.Max(0, times[text.First(first)] - margin);
        double End() => Math.Min(duration, text.EndOf(times, end - 1) + margin);
        var keepsToGrid = grid?.Find(new TimeRange(Start(), Math.Max(Start(), End()))) is not null;
        // Company is not worth a run of the encoder.
        bool IsTooMuch() => End() - Start() > LongestAudio || limit?.Fits(text.First(first), text.First(end)) == false
            || (keepsToGrid && grid!.Find(new TimeRange(Start(), End())) is null);
        if (first > 0 && times[text.First(first)] - text.EndOf(times, first - 1) < FarApart)
        {
            first--;
            if (IsTooMuch())
                first++;
        }
        if (end < text.Lines && times[text.First(end)] - text.EndOf(times, end - 1) < FarApart)
        {
            end++;
            if (IsTooMuch())
                end--;
        }
        var audio = new TimeRange(Start(), Math.Min(Math.Max(End(), Start() + 1), Start() + LongestAudio));
        return new AlignmentWindow(audio, text.First(first), text.First(end), text.First(line), text.First(next));
    }
}
