using System.Globalization;
using Libretto.Server.Pools;

namespace Libretto.Bench.Scale;

/// <summary>
/// Days of a thousand to a million songs against the real policy of pools, with what they wait, how many machines there are and what those
/// cost; and, with DATABASE_URL, what one PostgreSQL bears.
/// </summary>
internal static class ScaleBench
{
    public static async Task<int> RunAsync()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var limits = new PoolLimits { Max = 1000 };
        Console.WriteLine("songs a day, from the store | wait s: median, 95 %, 99 %, longest | waiting at most | workers at most, starts, busy | USD a day, a thousand songs | songs at work at once: mean, most | in the five busiest minutes, a second: posted, begun, reports, heartbeats");
        DatabaseLoad? largest = null;
        foreach (var songs in (int[])[1_000, 10_000, 100_000, 300_000, 1_000_000])
            largest = Print(new DayPlan(songs, limits));

        Console.WriteLine("\n100,000 songs a day, otherwise:");
        var plan = new DayPlan(100_000, limits);
        Print(plan with { IsFair = false }, "oldest first, whoever posts");
        Print(plan with { Limits = limits with { Max = 25 } }, "at most 25 workers");
        Print(plan with { Limits = limits with { Max = 25 }, IsFair = false }, "at most 25 workers, oldest first");
        Print(plan with { Limits = limits with { Min = 5 } }, "at least 5 workers");
        Print(plan with { Limits = limits with { TargetWait = TimeSpan.FromSeconds(15) } }, "all served within 15 s");
        Print(plan with { Limits = limits with { CoolDown = TimeSpan.FromSeconds(30) } }, "cool-down 30 s");
        Print(plan with { Limits = limits with { CoolDown = TimeSpan.FromMinutes(30) } }, "cool-down 30 min");
        Print(plan with { Start = TimeSpan.FromSeconds(90) }, "workers need 90 s to start");
        Print(plan with { FailedStarts = 0.3 }, "three starts in ten fail");
        if (Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } database)
            await DatabaseLimits.RunAsync(database, largest!);
        else
            Console.WriteLine("\nWith DATABASE_URL the limits of that PostgreSQL are measured as well.");
        return 0;
    }

    /// <summary>How many jobs a second workers can claim of one PostgreSQL.</summary>
    public static async Task<int> RunClaimsAsync()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (Environment.GetEnvironmentVariable("DATABASE_URL") is not { Length: > 0 } database)
        {
            Console.Error.WriteLine("Name an empty PostgreSQL database in DATABASE_URL.");
            return 2;
        }
        await DatabaseLimits.RunAsync(database, largest: null);
        return 0;
    }

    private static DatabaseLoad Print(DayPlan plan, string? name = null)
    {
        var day = new SimulatedDay(plan).Run();
        var cost = day.WorkerSeconds * plan.PriceASecond;
        Console.WriteLine(
            $"{name ?? $"{plan.SongsADay:N0}"}, {(double)day.FromStore / day.Songs:P0} | {day.Wait(0.5):F0}, {day.Wait(0.95):F0}, {day.Wait(0.99):F0}, {day.Wait(1):F0} | {day.MostWaiting:N0} | " +
            $"{day.MostWorkers}, {day.Starts:N0}, {day.BusySeconds / day.WorkerSeconds:P0} | {cost:F2}, {cost / day.Songs * 1000:F2} | " +
            $"{day.Load.MeanAtWork:F1}, {day.Load.MostAtWork:N0} | {day.Load.Posts:F1}, {day.Load.Songs:F1}, {day.Load.Reports:F0}, {day.Load.Beats:F0}" +
            $" | others beside the library: {day.OthersDuringLibrary:F0} s, the library itself: {day.LibraryWait:F0} s");
        return day.Load;
    }
}
