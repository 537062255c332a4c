using Libretto.Models;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Pools;
using Libretto.Storage;
using Libretto.Transcribe.Hosted;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Libretto.Server.Operations;

internal sealed class DatabaseCheck(IDbContextFactory<LibrettoDb> contexts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        return await database.Database.CanConnectAsync(cancellationToken)
            ? HealthCheckResult.Healthy("answers")
            : HealthCheckResult.Unhealthy("cannot be reached");
    }
}

internal sealed class StoreCheck(IContentStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy($"{store.Name}, can be written");
        }
        catch (StorageException e)
        {
            // The message names a folder, which is for the log only. Without the store beyond the network jobs go on, on the disk.
            return e.IsRemote ? HealthCheckResult.Degraded($"{store.Name}: {e.Code}") : HealthCheckResult.Unhealthy($"{store.Name}: {e.Code}");
        }
    }
}

internal sealed class DiskCheck(ServerOptions options) : IHealthCheck
{
    // A song in work takes some hundred megabytes for a while.
    private const long Enough = 1_000_000_000;
    private const long TooLittle = 200_000_000;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var free = new DriveInfo(options.DataFolder).AvailableFreeSpace;
        var words = $"{free / 1_000_000} MB free";
        return Task.FromResult(free < TooLittle ? HealthCheckResult.Unhealthy(words)
            : free < Enough ? HealthCheckResult.Degraded(words)
            : HealthCheckResult.Healthy(words));
    }
}

internal sealed class ModelsCheck(ModelStore models, ServerOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!options.EffectiveLanes.Contains(Lane.Compute))
            return Task.FromResult(HealthCheckResult.Healthy("none needed here"));
        var speech = models.List().Select(model => model.Name)
            .Where(name => ModelCatalogue.Find(name)?.Kind is null or ModelKind.Whisper or ModelKind.Moonshine).ToList();
        return Task.FromResult(speech.Count > 0
            ? HealthCheckResult.Healthy(string.Join(", ", speech))
            : HealthCheckResult.Degraded("none installed yet; the first song fetches the default"));
    }
}

internal sealed class EnginesCheck(HostedStatus hosted) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Jobs go on by the next engine. The message is for the log only.
        var failing = hosted.Engines.Where(engine => engine.IsFailing).Select(engine => $"{engine.Name} takes no songs ({engine.Code})").ToList();
        return Task.FromResult(failing.Count > 0
            ? HealthCheckResult.Degraded(string.Join("; ", failing))
            : HealthCheckResult.Healthy(hosted.Engines is { Count: > 0 } asked ? string.Join(", ", asked.Select(engine => $"{engine.Name} answers")) : "none was asked on the network"));
    }
}

internal sealed class QueueCheck(QueueState queue, ServerOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (queue.ScannedAt is not { } scanned)
            return Task.FromResult(HealthCheckResult.Degraded("not looked at yet"));
        var words = string.Join(", ", Lane.All.Select(lane => $"{lane}: {queue.Ready(lane)} waiting"));
        var isStuck = DateTime.UtcNow - scanned > options.TakeOverAfter + options.ScanEvery;
        return Task.FromResult(isStuck
            ? HealthCheckResult.Unhealthy($"not looked at since {scanned:O}")
            : HealthCheckResult.Healthy(words));
    }
}

internal sealed class WorkersCheck(WorkerRegistry workers, UnmetRequirements needs, ServerOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var alive = await workers.AliveAsync(options.WorkerSilence, cancellationToken);
        var words = $"{alive.Count} at work or ready, {alive.Count(worker => Capabilities.Of(worker).Gpu)} with a graphics card";
        var unmet = await needs.FindAsync(cancellationToken);
        if (unmet.Count == 0)
            return HealthCheckResult.Healthy(words);
        var special = string.Join("; ", unmet.Select(item => item.Needs.Words()).Where(item => item.Length > 0).Distinct());
        var empty = string.Join(" and ", unmet.Where(item => item.Needs.Words().Length == 0).Select(item => item.Lane));
        return HealthCheckResult.Degraded(
            words + (special.Length > 0 ? $"; jobs wait for what none of them has: {special}" : "") + (empty.Length > 0 ? $"; jobs wait in the lane {empty}, where nobody works" : ""));
    }
}
