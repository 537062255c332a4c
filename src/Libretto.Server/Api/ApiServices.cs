using Libretto.Server.Api.Intake;
using Libretto.Server.Api.OpenAi;
using Libretto.Server.Api.Players;
using Libretto.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using Scalar.AspNetCore;

namespace Libretto.Server.Api;

internal static class ApiServices
{
    /// <summary>What the HTTP API is made of.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<Admission>();
        services.AddSingleton<UploadReader>();
        services.AddSingleton<SongUploads>();
        services.AddSingleton<LinkIntake>();
        services.AddSingleton<JobOptionsRules>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<ListIntake>();
        services.AddSingleton<SongRemake>();
        services.AddSingleton<ExportIntake>();
        services.AddSingleton<OpenAiModelNames>();
        services.AddSingleton<OpenAiTranscriber>();
        services.AddHttpContextAccessor();
        // Each request stands alone, as it must where several servers answer.
        services.AddMcpServer(mcp => mcp.ServerInfo = new Implementation
            {
                Name = "libretto", Version = typeof(ApiServices).Assembly.GetName().Version!.ToString(3),
            })
            .WithHttpTransport(http => http.Stateless = true).WithTools<McpTools>();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddExceptionHandler<Problems>();
        return services.AddOpenApi(OpenApi.Configure);
    }

    /// <summary>The API's addresses.</summary>
    /// <returns>Those of one job, for who else answers there.</returns>
    public static RouteGroupBuilder MapApi(this WebApplication app)
    {
        var jobs = app.MapGroup("/api/jobs").WithTags("Jobs");
        JobsApi.Map(jobs);
        EventsApi.Map(jobs);
        StepsApi.Map(jobs);
        JobActionsApi.Map(jobs);
        SongApi.Map(jobs);
        LyricsApi.Map(jobs);
        AudioApi.Map(jobs);
        ExportsApi.Map(jobs);
        ListsApi.Map(app);
        WorkersApi.Map(app);
        UsageApi.Map(app);
        WebhooksApi.Map(app);
        OpenAiApi.Map(app.MapGroup("/v1").WithTags("OpenAI"));
        LrclibApi.Map(app.MapGroup("/lrclib/api").ExcludeFromDescription());
        app.MapMcp("/mcp").ExcludeFromDescription();
        app.MapOpenApi();
        app.MapScalarApiReference(ServerPaths.Scalar, page => page.DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp());
        return jobs;
    }
}
