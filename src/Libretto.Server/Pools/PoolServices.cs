using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Pools;

internal static class PoolServices
{
    private const string Client = "pool";

    /// <summary>What starts workers elsewhere and ends them, and what tells of jobs that no worker can do.</summary>
    public static IServiceCollection AddPools(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<UnmetRequirements>();
        if (!options.ServesApi)
            return services;
        services.AddHostedService(provider => provider.GetRequiredService<UnmetRequirements>());
        if (options.Pool.Place is null)
            return services;
        services.AddHttpClient(Client);
        services.AddSingleton(options.Pool);
        services.AddSingleton(provider => options.Pool.Open(
            options, provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client), provider.GetRequiredService<TimeProvider>())!);
        services.AddSingleton<PoolObserver>();
        services.AddSingleton<PoolManager>();
        services.AddHostedService(provider => provider.GetRequiredService<PoolManager>());
        services.AddHealthChecks().AddCheck<PoolCheck>("pool");
        return services;
    }
}
