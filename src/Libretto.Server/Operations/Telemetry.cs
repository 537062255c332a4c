using Libretto.Server.Jobs.Work;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Libretto.Server.Operations;

/// <summary>
/// Sends traces and metrics where OTEL_EXPORTER_OTLP_ENDPOINT says, the standard's own variable; nowhere when it is not set.
/// </summary>
internal static class Telemetry
{
    public static void AddTo(IServiceCollection services)
    {
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 })
            return;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("libretto"))
            .WithTracing(traces => traces.AddSource(JobTelemetry.SourceName).AddNpgsql().AddAspNetCoreInstrumentation().AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(JobTelemetry.SourceName).AddAspNetCoreInstrumentation().AddOtlpExporter());
    }
}
