using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Jobs;

/// <summary>Learns from finished jobs how many seconds each stage takes for a second of audio, by method and machine.</summary>
internal sealed class StageTimes(IDbContextFactory<LibrettoDb> contexts)
{
    /// <summary>This machine among others: its name and how many cores it has.</summary>
    public static string Machine { get; } = $"{Environment.MachineName}/{Environment.ProcessorCount}";

    // Until then a range is shown.
    private const int Certain = 5;

    // Machines differ by so much either way.
    private const double Unsure = 3;

    /// <summary>Learns from a job's own steps; what came from the store taught nothing.</summary>
    public async Task LearnAsync(IReadOnlyList<JobStep> steps, double audioSeconds, CancellationToken ct)
    {
        if (audioSeconds <= 0)
            return;
        foreach (var step in steps.Where(step => step.Status == StepStatus.Completed && step.Method != JobStep.Cache))
            await LearnAsync(step.Step, step.Method ?? "", step.Duration / audioSeconds, ct);
    }

    /// <summary>
    /// What the rest of a step should take: by what jobs before it took here, else by what was measured elsewhere, within a wide range.
    /// </summary>
    /// <param name="stage">The step.</param>
    /// <param name="method">How it is done; null while unknown.</param>
    /// <param name="worker">The worker that does it, by its name; null while there is none.</param>
    /// <param name="audioSeconds">Length of the song.</param>
    /// <param name="elapsed">Seconds it has taken so far.</param>
    /// <param name="known">All that is known, by <see cref="AllAsync"/>.</param>
    public static TimeEstimate? Estimate(
        string stage, string? method, string? worker, double audioSeconds, double elapsed, IReadOnlyList<StageTime> known)
    {
        // One engine says nothing of another. The machine's own experience counts before others'; among methods the one seen most.
        var machine = worker is null ? Machine : worker.Split(':')[0] + "/";
        var time = known.Where(row => row.Stage == stage && (method is null || row.Method == method))
            .OrderByDescending(row => row.Machine.StartsWith(machine, StringComparison.Ordinal)).ThenByDescending(row => row.Count)
                .FirstOrDefault();
        if (time is null)
            return UsualTimes.Of(stage, method) is { } usual ? FirstEstimate(usual, audioSeconds, elapsed) : null;
        var deviation = time.Count > 1 ? Math.Sqrt(time.Spread / (time.Count - 1)) : time.Mean;
        var margin = time.Count >= Certain ? deviation : Math.Max(deviation, time.Mean / 2);
        double Rest(double perSecond) => Math.Round(Math.Max(0, (perSecond * audioSeconds) - elapsed), 1);
        return new TimeEstimate(Rest(time.Mean - margin), Rest(time.Mean), Rest(time.Mean + margin));
    }

    /// <summary>
    /// The first job of a kind: from a third of the usual time to thrice as long; one that takes longer has some way to go.
    /// </summary>
    private static TimeEstimate FirstEstimate(double perSecond, double audioSeconds, double elapsed)
    {
        double Rest(double factor) => Math.Round(Math.Max(elapsed * factor / Unsure / 2, (perSecond * audioSeconds * factor) - elapsed), 1);
        return new TimeEstimate(Rest(1 / Unsure), Rest(1), Rest(Unsure));
    }

    public async Task<IReadOnlyList<StageTime>> AllAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.StageTimes.AsNoTracking().ToListAsync(ct);
    }

    /// <summary>Welford's running mean, in one statement that both databases know, so that no observation is lost.</summary>
    private async Task LearnAsync(string stage, string method, double value, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Database.ExecuteSqlAsync(
            $"""
             insert into stage_times (stage, method, machine, count, mean, spread) values ({stage}, {method}, {Machine}, 1, {value}, 0)
             on conflict (stage, method, machine) do update set
                 count = stage_times.count + 1,
                 mean = stage_times.mean + (excluded.mean - stage_times.mean) / (stage_times.count + 1),
                 spread = stage_times.spread + (excluded.mean - stage_times.mean) * (excluded.mean - stage_times.mean)
                     * stage_times.count / (stage_times.count + 1)
             """,
            ct);
    }
}

/// <summary>Seconds that are left: at least, probably, at most.</summary>
public sealed record TimeEstimate(double Low, double Likely, double High);
