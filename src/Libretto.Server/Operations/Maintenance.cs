using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.InMemory;
using Libretto.Server.Data;
using Libretto.Server.Jobs.Queue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Operations;

/// <summary>
/// What is to be done again and again, once in the whole system: Hangfire does it, with its history in the dashboard, in the orchestrator
/// that leads. It keeps nothing but what it is to do, which is declared at each start: so it needs no database, and asks none while idle.
/// </summary>
internal sealed class Maintenance(IRecurringJobManager recurring) : IHostedService
{
    private const string ExpireResults = "expire results";
    private const string ForgetKeys = "forget keys without songs";

    public static void AddTo(IServiceCollection services)
    {
        // Storage and activator are the host's own: Hangfire would take the process's, which are the last host's.
        services.AddSingleton<JobStorage>(_ =>
            new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromDays(1) }));
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire((provider, hangfire) => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UseLogProvider(new HangfireLog(provider.GetRequiredService<ILoggerFactory>())));
        services.AddHangfireServer(server => (server.ServerName, server.WorkerCount) = (ProcessName.Value, 1));
        services.AddSingleton<Tasks>();
        services.AddHostedService<Maintenance>();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        recurring.AddOrUpdate<Tasks>(ExpireResults, tasks => tasks.ExpireResultsAsync(CancellationToken.None), "*/10 * * * *");
        recurring.AddOrUpdate<Tasks>(ForgetKeys, tasks => tasks.ForgetKeysAsync(CancellationToken.None), "* * * * *");
        recurring.Trigger(ExpireResults);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What Hangfire calls. What fails is in the log and in the dashboard, and is done again at the next time.</summary>
    internal sealed class Tasks(Retention retention, JobClaims claims, Leadership leadership)
    {
        [AutomaticRetry(Attempts = 0)]
        public Task ExpireResultsAsync(CancellationToken ct) => retention.RunAsync(ct);

        [AutomaticRetry(Attempts = 0)]
        public Task ForgetKeysAsync(CancellationToken ct) =>
            leadership is { Leads: true, HasWork: true } ? claims.TidyAsync(ct) : Task.CompletedTask;
    }
}
