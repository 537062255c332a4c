using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Work;
using Libretto.Server.Jobs.Workers;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Jobs;

internal static class JobServices
{
    /// <summary>Jobs: their table, their queue, and in processes with lanes the workers that do them.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<JobStore>();
        services.AddSingleton<ListStore>();
        services.AddSingleton<JobChanges>();
        services.AddSingleton<JobWaiter>();
        services.AddSingleton<SongNames>();
        services.AddSingleton<JobCookies>();
        services.AddSingleton<StageTimes>();
        services.AddSingleton<KeyUsage>();

        services.AddSingleton<JobClaims>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<LaneChoice>();
        services.AddSingleton<JobFactory>();
        services.AddSingleton<SameLinkJobs>();
        services.AddSingleton<QueueState>();
        services.AddSingleton<WorkOnNext>(provider => provider.GetRequiredService<JobWorker>().RunNextAsync);
        services.AddHostedService<RecoveryScan>();
        if (options is { UsesPostgres: true, ServesApi: true })
            services.AddHostedService<WatchedProgress>();

        services.AddSingleton<JobWorker>();
        services.AddSingleton<JobOutcome>();
        services.AddSingleton<SongResults>();
        services.AddSingleton<SongWork>();
        services.AddSingleton<ExportWork>();
        services.AddSingleton<LinkWork>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<JobTelemetry>();

        services.AddSingleton<WorkerRegistry>();
        services.AddSingleton<WorkerActivity>();
        services.AddSingleton<HeldJobs>();
        services.AddSingleton<ReportPace>();
        services.AddSingleton<LaneSignals>();
        services.AddSingleton<ProgressWriter>();
        services.AddSingleton(provider => options.Capabilities ?? Capabilities.Detect(
            options,
            provider.GetRequiredService<OnnxSessions>(),
            provider.GetRequiredService<ModelStore>(),
            provider.GetRequiredService<LibrettoSettings>()));
        if (options.EffectiveLanes.Count == 0)
            return services;
        services.AddHostedService(provider => provider.GetRequiredService<ProgressWriter>());
        services.AddHostedService<LaneWorkers>();
        return services.AddHostedService<WorkerPresence>();
    }
}
