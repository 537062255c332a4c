using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Server.Jobs.Work;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Operations;

/// <summary>The dashboard and the alerts of deploy/monitoring, as far as they can be judged without Grafana and Prometheus.</summary>
public sealed partial class MonitoringFilesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_metric_that_is_looked_at_is_one_that_is_sent()
    {
        var sent = await SentAsync();

        foreach (var file in (string[])["grafana.json", "alerts.yaml"])
        {
            var named = Metric().Matches(await File.ReadAllTextAsync(Repository.File("deploy", "monitoring", file), Ct)).Select(match => match.Value).Distinct().ToList();
            Assert.True(named.Count >= 5, file);
            Assert.All(named, name => Assert.Contains(name, sent));
        }
    }

    [Fact]
    public async Task The_dashboard_has_panels_that_do_not_lie_on_each_other()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.File("deploy", "monitoring", "grafana.json"), Ct));
        var places = dashboard.RootElement.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("gridPos"))
            .Select(place => (X: (int)place.Number("x"), Y: (int)place.Number("y"), W: (int)place.Number("w"), H: (int)place.Number("h"))).ToList();

        var cells = places.SelectMany(place => from x in Enumerable.Range(place.X, place.W) from y in Enumerable.Range(place.Y, place.H) select (x, y)).ToList();
        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.x, 0, 23));
    }

    [Fact]
    public async Task Every_alert_says_what_to_do()
    {
        var alerts = await File.ReadAllTextAsync(Repository.File("deploy", "monitoring", "alerts.yaml"), Ct);
        var headings = (await File.ReadAllLinesAsync(Repository.File("docs", "operations.md"), Ct)).Where(line => line.StartsWith("### ", StringComparison.Ordinal))
            .Select(line => line[4..].ToLowerInvariant().Replace(' ', '-')).ToList();
        var runbooks = Runbook().Matches(alerts).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(Alert().Count(alerts), runbooks.Count);
        Assert.Equal(headings, runbooks);
    }

    /// <summary>The server's own metrics, as an OpenTelemetry collector names them for Prometheus.</summary>
    private async Task<HashSet<string>> SentAsync()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == JobTelemetry.SourceName)
                    lock (names)
                        names.UnionWith(Names(instrument));
            },
        };
        listener.Start();
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api" });
        server.Services.GetRequiredService<JobTelemetry>();
        return names;
    }

    private static IEnumerable<string> Names(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        return instrument.GetType().Name.Split('`')[0] switch
        {
            "Counter" or "ObservableCounter" => [name + "_total"],
            "Histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    [GeneratedRegex(@"\blibretto_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"runbook: docs/operations\.md#(\S+)")]
    private static partial Regex Runbook();

    [GeneratedRegex(@"- alert: ")]
    private static partial Regex Alert();
}
