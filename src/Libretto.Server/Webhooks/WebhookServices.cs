using Libretto.Acquire;
using Libretto.Server.Data;
using Libretto.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Webhooks;

internal static class WebhookServices
{
    private const string Client = "webhooks";

    /// <summary>What tells receivers that jobs have ended.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<WebhookStore>();
        if (options.WebhookSecret is null || !options.ServesApi)
            return services;
        services.AddHttpClient(Client).ConfigurePrimaryHttpMessageHandler(provider =>
            provider.GetRequiredService<NetworkGuard>().CreateHandler(followRedirects: false));
        services.AddSingleton(provider => new WebhookSender(
            provider.GetRequiredService<WebhookStore>(),
            provider.GetRequiredService<Leadership>(),
            provider.GetRequiredService<JobChanges>(),
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client),
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebhookSender>>()));
        return services.AddHostedService(provider => provider.GetRequiredService<WebhookSender>());
    }
}
