using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Libretto.Server.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Queue;

/// <summary>Hangfire carries the wake-ups between processes: in memory beside SQLite, in the database's own schema on PostgreSQL.</summary>
internal static class HangfireQueue
{
    public static void AddTo(IServiceCollection services, ServerOptions options)
    {
        // Storage and activator are the host's own: Hangfire would take the process's, which are the last host's.
        services.AddSingleton<JobStorage>(_ =>
            options.UsesPostgres ? OnPostgres(Databases.ConnectionStringOf(options.Database!)) : InMemory());
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire((provider, hangfire) => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UseLogProvider(new HangfireLog(provider.GetRequiredService<ILoggerFactory>())));
        foreach (var lane in options.EffectiveLanes)
            services.AddHangfireServer(worker => Lanes.Configure(worker, lane, options));
    }

    private static InMemoryStorage InMemory() =>
        new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromHours(1) });

    private static PostgreSqlStorage OnPostgres(string connectionString)
    {
        var queue = new PostgreSqlStorageOptions
        {
            EnableLongPolling = true,
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = TimeSpan.FromMinutes(1),
            QueuePollInterval = TimeSpan.FromSeconds(1),
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(connectionString, queue), queue);
    }
}
