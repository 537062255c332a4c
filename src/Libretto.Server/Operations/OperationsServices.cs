using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

internal static class OperationsServices
{
    /// <summary>What keeps a server running and shows how it is.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, ServerOptions options)
    {
        services.AddHostedService<IdleMemory>();
        services.AddSingleton<Retention>();
        services.AddHostedService<DiskSweep>();
        if (options.ServesApi)
            Maintenance.AddTo(services);
        services.AddSingleton<StoreUploads>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreUploads>());
        if (options.ServesApi && options.Watch.Count > 0)
        {
            services.AddSingleton<WatchedSongs>();
            services.AddHostedService<WatchedFolders>();
        }
        Telemetry.AddTo(services);
        Health.AddTo(services);
        return services;
    }
}
