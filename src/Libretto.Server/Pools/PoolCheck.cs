using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Libretto.Server.Pools;

/// <summary>How the pool of workers stands, for <c>/health/ready</c>.</summary>
internal sealed class PoolCheck(PoolManager manager, PoolOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (manager.Last is not { } last)
            return Task.FromResult(HealthCheckResult.Healthy($"{manager.Name}: another process leads"));
        var (view, decision) = last;
        var words = $"{manager.Name}: {view.Workers.Count(worker => worker.HasCome)} running, " +
            $"{view.Workers.Count(worker => !worker.HasCome)} starting, at most {options.Limits.Max}";
        return Task.FromResult(view.Failures == 0
            ? HealthCheckResult.Healthy(words)
            : HealthCheckResult.Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"{words}; {view.Failures} start(s) failed: {view.LastError}{(decision.NextStart is { } pause ? $" Next try in " +
                    $"{pause.TotalSeconds:0} s." : "")}")));
    }
}
