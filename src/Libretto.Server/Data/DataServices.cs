using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Data;

internal static class DataServices
{
    /// <summary>The database, what processes tell each other through it, and which of them leads.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, ServerOptions options)
    {
        Databases.AddTo(services, options);
        // First of all that runs, so that it stops last: what others say when they stop is still sent.
        services.AddHostedService(provider => provider.GetRequiredService<Notices>());
        return services.AddSingleton<DatabaseRetry>();
    }
}
