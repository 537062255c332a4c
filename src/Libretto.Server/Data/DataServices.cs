using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Data;

internal static class DataServices
{
    /// <summary>The database and its leases.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, ServerOptions options)
    {
        Databases.AddTo(services, options);
        return services.AddSingleton<Lease>().AddSingleton<DatabaseRetry>();
    }
}
