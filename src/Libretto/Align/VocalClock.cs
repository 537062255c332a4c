using Libretto.Audio;

namespace Libretto.Align;

/// <summary>A clock that runs only while someone sings, so that words shared out evenly on it never fall into silence.</summary>
internal sealed class VocalClock
{
    // Silence counts a little, so that the clock can be turned back everywhere.
    private const double SilentRate = 0.02;

    private readonly double[] _times, _sung;

    /// <param name="activity">Where someone sings, in order, apart from each other.</param>
    /// <param name="duration">Length of the song, seconds.</param>
    public VocalClock(IReadOnlyList<TimeRange> activity, double duration)
    {
        List<double> times = [0], sung = [0];
        foreach (var range in activity)
        {
            Advance(Math.Min(range.Start, duration), SilentRate);
            Advance(Math.Min(range.End, duration), 1);
        }
        Advance(duration, activity.Count == 0 ? 1 : SilentRate);
        (_times, _sung) = ([.. times], [.. sung]);

        void Advance(double to, double rate)
        {
            if (to <= times[^1])
                return;
            sung.Add(sung[^1] + (to - times[^1]) * rate);
            times.Add(to);
        }
    }

    /// <summary>Seconds sung up to a time.</summary>
    public double At(double time) => Map(time, _times, _sung);

    /// <summary>The time at which so much was sung.</summary>
    public double TimeOf(double sung) => Map(sung, _sung, _times);

    private static double Map(double value, double[] from, double[] to)
    {
        if (from.Length < 2)
            return to[0];
        var at = Array.BinarySearch(from, value);
        var right = Math.Clamp(at >= 0 ? at : ~at, 1, from.Length - 1);
        var share = Math.Clamp((value - from[right - 1]) / (from[right] - from[right - 1]), 0, 1);
        return to[right - 1] + share * (to[right] - to[right - 1]);
    }
}
