using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Security;

internal static class SecurityServices
{
    /// <summary>Who may come in, how often, and what their cookies and links are sealed with.</summary>
    public static IServiceCollection AddSecurity(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<SignInCookie>();
        DataKeys.AddTo(services, options);
        RateLimits.AddTo(services, options);
        if (options.CorsOrigins.Count > 0)
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins([.. options.CorsOrigins]).AllowAnyMethod().AllowAnyHeader().WithExposedHeaders(
                    "Location", "ETag", "Retry-After", "Warning")));
        return services;
    }
}
