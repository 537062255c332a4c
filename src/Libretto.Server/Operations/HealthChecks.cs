using System.Globalization;
using Libretto.Models;
using Libretto.Pipeline;
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
        if (!await database.Database.CanConnectAsync(cancellationToken))
            return HealthCheckResult.Unhealthy("cannot be reached");
        return await database.IsReadOnlyAsync(cancellationToken)
            ? HealthCheckResult.Degraded("takes no changes: it is read-only")
            : HealthCheckResult.Healthy("answers");
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
            return e.IsRemote ? HealthCheckResult.Degraded($"{store.Name}: {e.Code}") : HealthCheckResult.Unhealthy(
                $"{store.Name}: {e.Code}");
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

/// <summary>Whether the next song can be recognised here, and by what. The hub, if it is in question, is asked once a minute.</summary>
internal sealed class ModelsCheck(ModelStore models, SongPipeline pipeline, ServerOptions options, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private (long At, EngineForecast Forecast)? _last;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!options.EffectiveLanes.Contains(Lane.Compute))
            return HealthCheckResult.Healthy("none needed here");
        var names = models.List().Select(model => model.Name)
            .Where(name => ModelCatalogue.Find(name)?.Kind is null or ModelKind.Whisper or ModelKind.Moonshine).ToList();
        var forecast = await ForecastAsync(cancellationToken);
        if (forecast.IsHosted)
        {
            var here = names.Count > 0 ? $"; here: {string.Join(", ", names)}" : "";
            return HealthCheckResult.Healthy($"songs go to {forecast.Engine}{here}");
        }
        // What keeps the hub away may name an address, which is for the log only.
        if (forecast.Trouble is not null)
            return HealthCheckResult.Degraded(
                $"{ModelCatalogue.DefaultSpeechModel} cannot be fetched now; songs are taken for English, by {forecast.Engine}");
        return forecast.IsHere
            ? HealthCheckResult.Healthy(string.Join(", ", names))
            : HealthCheckResult.Degraded($"none for words yet; the first song fetches {forecast.Engine}");
    }

    private async Task<EngineForecast> ForecastAsync(CancellationToken cancellationToken)
    {
        if (_last is var (at, known) && time.GetElapsedTime(at) < Fresh &&
            known.IsHere == (known.IsHosted || models.Find(known.Engine) is not null))
        {
            return known;
        }
        var forecast = await pipeline.ForecastAsync(cancellationToken);
        _last = (time.GetTimestamp(), forecast);
        return forecast;
    }
}

internal sealed class EnginesCheck(HostedStatus hosted) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Jobs go on by the next engine. The message is for the log only.
        var failing = hosted.Engines.Where(engine => engine.IsFailing)
            .Select(engine => $"{engine.Name} takes no songs ({engine.Code})").ToList();
        return Task.FromResult(failing.Count > 0
            ? HealthCheckResult.Degraded(string.Join("; ", failing))
            : HealthCheckResult.Healthy(hosted.Engines is { Count: > 0 } asked
                ? string.Join(", ", asked.Select(engine => $"{engine.Name} answers")) : "none was asked on the network"));
    }
}

internal sealed class QueueCheck(QueueState queue, ServerOptions options) : IHealthCheck
{
    // While there is nothing to do it is looked at every half minute.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Workers leave it to orchestrators.
        if (options is { UsesPostgres: true, ServesApi: false })
            return Task.FromResult(HealthCheckResult.Healthy("looked after by an orchestrator"));
        if (queue.SinceLook is not { } since)
            return Task.FromResult(HealthCheckResult.Degraded("not looked at yet"));
        var words = string.Join(", ", Lane.All.Select(lane => $"{lane}: {queue.Ready(lane)} waiting"));
        return Task.FromResult(since > Longest + options.ScanEvery
            ? HealthCheckResult.Unhealthy(string.Create(CultureInfo.InvariantCulture, $"not looked at for {since.TotalSeconds:0} s"))
            : HealthCheckResult.Healthy(queue.IsElsewhere ? "looked after by another orchestrator" : words));
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
        var special = string.Join("; ", unmet.Select(item => item.Needs.Describe()).Where(item => item.Length > 0).Distinct());
        var empty = string.Join(" and ", unmet.Where(item => item.Needs.Describe().Length == 0).Select(item => item.Lane));
        return HealthCheckResult.Degraded(
            words + (special.Length > 0 ? $"; jobs wait for what none of them has: {special}" : "") +
            (empty.Length > 0 ? $"; jobs wait in the lane {empty}, where nobody works" : ""));
    }
}
