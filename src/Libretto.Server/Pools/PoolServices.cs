using Libretto.Server.Data;
using Libretto.Server.Jobs.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Pools;

/// <summary>Puts together what workers and those who start them need.</summary>
internal static class PoolServices
{
    private const string Client = "pool";

    public static void AddTo(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<WorkerRegistry>();
        services.AddSingleton<WorkerActivity>();
        services.AddSingleton<Lease>();
        if (options.EffectiveLanes.Count > 0)
            services.AddHostedService<WorkerPresence>();
        if (options.Pool.Place is null || !options.ServesApi)
            return;
        services.AddHttpClient(Client);
        services.AddSingleton(options.Pool);
        services.AddSingleton(provider => options.Pool.Open(
            options, provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client), provider.GetRequiredService<TimeProvider>())!);
        services.AddSingleton<PoolManager>();
        services.AddHostedService(provider => provider.GetRequiredService<PoolManager>());
        services.AddHealthChecks().AddCheck<PoolCheck>("pool");
    }
}
