using System.Collections.Concurrent;
using System.Diagnostics;

namespace Libretto.Bench.Scale;

/// <summary>
/// Work that is begun so many times a second, whether what was begun before has ended or not. Not more than <see cref="Places"/> are under
/// way at once, as many as there are connections; what that holds up is told.
/// </summary>
/// <param name="Name">What is done.</param>
/// <param name="Times">How long each took, in milliseconds, from when it was begun.</param>
/// <param name="Seconds">How long the pace was to be kept.</param>
/// <param name="Due">How many were to be begun in that time.</param>
/// <param name="Latest">How much later than it was due the last one began.</param>
internal sealed record Pace(string Name, IReadOnlyCollection<double> Times, double Seconds, long Due, TimeSpan Latest)
{
    private const int Places = 64;

    // Connections plan their statements when they first send them; in a fleet that was long ago.
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    // Less is how the last moment happened to fall.
    private const double Noticed = 0.98;

    /// <summary>What is to be said where the pace was not kept; empty where it was.</summary>
    public string Lag => Times.Count >= Due * Noticed
        ? ""
        : $", NOT BORNE: {Due / Seconds:F0} a second were due, {Due - Times.Count:N0} were not begun, the last began {Latest.TotalSeconds:F1} s late";

    public static async Task<Pace> KeepAsync(string name, int perSecond, TimeSpan span, Func<long, Task> work)
    {
        span += WarmUp;
        var times = new ConcurrentBag<double>();
        var since = Stopwatch.StartNew();
        using var places = new SemaphoreSlim(Places);
        var running = new List<Task>();
        var latest = TimeSpan.Zero;
        var cold = perSecond * (int)WarmUp.TotalSeconds;
        while (since.Elapsed < span)
        {
            var due = TimeSpan.FromSeconds((double)running.Count / perSecond);
            if (due > since.Elapsed)
            {
                await Task.Delay(1);
                continue;
            }
            await places.WaitAsync();
            latest = since.Elapsed - due;
            var number = running.Count;
            running.Add(Task.Run(async () =>
            {
                var at = Stopwatch.GetTimestamp();
                try
                {
                    await work(number);
                    if (number >= cold)
                        times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                }
                finally
                {
                    places.Release();
                }
            }));
        }
        await Task.WhenAll(running);
        return new Pace(name, times, (span - WarmUp).TotalSeconds, (long)((span - WarmUp).TotalSeconds * perSecond), latest);
    }
}
