using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

internal static class OperationsServices
{
    /// <summary>What keeps a server running and shows how it is.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddHostedService<IdleMemory>();
        services.AddHostedService<Retention>();
        services.AddSingleton<StoreUploads>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreUploads>());
        Telemetry.AddTo(services);
        Health.AddTo(services);
        return services;
    }
}
