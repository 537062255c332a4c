using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Libretto.Server.Operations;

/// <summary><c>/health</c>: the process answers. <c>/health/ready</c>: what it needs is there, part by part.</summary>
internal static class Health
{
    public static void AddTo(IServiceCollection services) => services
        .AddSingleton<ModelsCheck>() // remembers what it learnt of the hub
        .AddHealthChecks()
        .AddCheck<DatabaseCheck>("database")
        .AddCheck<StoreCheck>("store")
        .AddCheck<DiskCheck>("disk")
        .AddCheck<ModelsCheck>("models")
        .AddCheck<EnginesCheck>("engines")
        .AddCheck<QueueCheck>("queue")
        .AddCheck<WorkersCheck>("workers");

    public static void Map(WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var parts = report.Entries.ToDictionary(
            entry => entry.Key, entry => new HealthPart(Word(entry.Value.Status), entry.Value.Description));
        return context.Response.WriteAsJsonAsync(
            new HealthView(Word(report.Status), parts.Count == 0 ? null : parts), HealthJson.Readable.HealthView);
    }

    private static string Word(HealthStatus status) => status.ToString().ToLowerInvariant();
}

/// <summary>How the server is.</summary>
/// <param name="Status">healthy, degraded or unhealthy.</param>
/// <param name="Parts">The same of its parts.</param>
internal sealed record HealthView(string Status, IReadOnlyDictionary<string, HealthPart>? Parts);

/// <summary>How a part is, in words.</summary>
internal sealed record HealthPart(string Status, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthView))]
internal sealed partial class HealthJson : JsonSerializerContext
{
    /// <summary>With apostrophes and accents as people write them.</summary>
    public static HealthJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
