using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Libretto.Server.Data;
using Libretto.Server.Tests.Support;
using Libretto.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Operations;

/// <summary>The manifests of deploy/kubernetes, read strictly by Kubernetes' own types. No cluster has run them.</summary>
public sealed partial class KubernetesFilesTests(PostgresCluster cluster) : IDisposable
{
    private static readonly string[] s_ports = ["http"];

    private readonly ScratchFolder _folder = new();

    private static string Folder => Repository.File("deploy", "kubernetes");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_object_is_one_that_Kubernetes_knows_to_its_last_field()
    {
        var kinds = Objects().GroupBy(found => found.GetType().Name).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(
            [("V1ConfigMap", 1), ("V1Deployment", 2), ("V1Job", 1), ("V1Namespace", 1), ("V1NetworkPolicy", 2), ("V1PodDisruptionBudget", 2), ("V1Service", 1), ("V1ServiceAccount", 1)],
            kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => (kind.Key, kind.Value)));
    }

    [Fact]
    public void A_field_that_is_misspelt_is_seen() =>
        Assert.ThrowsAny<Exception>(() => Load("apiVersion: apps/v1\nkind: Deployment\nspec:\n  replica: 1\n"));

    [Fact]
    public void Every_resource_that_is_listed_is_there_and_every_file_is_listed()
    {
        foreach (var file in Directory.GetFiles(Folder, "kustomization.yaml", SearchOption.AllDirectories))
        {
            var folder = Path.GetDirectoryName(file)!;
            var listed = Resource().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).ToList();
            Assert.All(listed, name => Assert.True(Path.Exists(Path.Combine(folder, name)), $"{file}: {name}"));
            Assert.All(
                Directory.GetFiles(folder, "*.yaml").Select(Path.GetFileName).Where(name => name != "kustomization.yaml"), name => Assert.Contains(name, listed));
        }
    }

    [Fact]
    public void Every_variable_is_one_that_Libretto_reads()
    {
        var known = SettingsTable.All.Select(setting => setting.Variable).Concat(ServerSettings.All.Select(setting => setting.Variable)).ToHashSet();
        var set = Pods().SelectMany(pod => pod.Containers).SelectMany(container => container.Env ?? []).Select(variable => variable.Name)
            .Concat(Objects().OfType<V1ConfigMap>().SelectMany(map => map.Data.Keys));

        Assert.All(set, name => Assert.Contains(name, known));
    }

    [Fact]
    public void Every_probe_asks_an_address_that_the_server_answers()
    {
        var containers = Pods().SelectMany(pod => pod.Containers).ToList();
        var probes = containers.SelectMany(container => new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }).OfType<V1Probe>().ToList();

        Assert.Equal(5, probes.Count);
        Assert.All(probes.Select(probe => probe.HttpGet).OfType<V1HTTPGetAction>(), get =>
        {
            Assert.Contains(get.Path, new[] { "/health", "/health/ready" });
            Assert.Equal("http", get.Port.Value);
        });
        var worker = containers.Single(container => container.Name == "worker");
        var address = worker.Env.Single(variable => variable.Name == "LIBRETTO_URLS").Value;
        Assert.All(probes.Select(probe => probe.Exec).OfType<V1ExecAction>(), exec => Assert.Equal(address + "/health", exec.Command[^1]));
        var orchestrator = containers.Single(container => container.Name == "orchestrator");
        Assert.Equal($"http://0.0.0.0:{orchestrator.Ports.Single().ContainerPort}", orchestrator.Env.Single().Value);
    }

    [Fact]
    public void Ports_and_labels_that_services_budgets_and_policies_name_exist()
    {
        var labels = Objects().OfType<V1Deployment>().Select(deployment => deployment.Spec.Template.Metadata.Labels["app.kubernetes.io/name"]).ToHashSet();

        Assert.All(Objects().OfType<V1Deployment>(), found => Assert.Equal(found.Spec.Selector.MatchLabels, found.Spec.Template.Metadata.Labels));
        Assert.Equal(s_ports, Objects().OfType<V1Service>().SelectMany(service => service.Spec.Ports).Select(port => port.TargetPort.Value));
        Assert.All(Objects().OfType<V1Service>(), found => Assert.Contains(found.Spec.Selector["app.kubernetes.io/name"], labels));
        Assert.All(Objects().OfType<V1PodDisruptionBudget>(), found => Assert.Contains(found.Spec.Selector.MatchLabels["app.kubernetes.io/name"], labels));
        Assert.All(Objects().OfType<V1NetworkPolicy>(), found => Assert.Contains(found.Spec.PodSelector.MatchLabels["app.kubernetes.io/name"], labels));
    }

    [Fact]
    public void Nothing_runs_as_root_writes_to_its_image_or_holds_a_token_of_the_cluster() => Assert.All(Pods(), pod =>
    {
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.All(pod.Containers, container =>
        {
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal("ALL", Assert.Single(container.SecurityContext.Capabilities.Drop));
            Assert.Contains("memory", container.Resources.Limits.Keys);
            Assert.Contains("cpu", container.Resources.Requests.Keys);
        });
    });

    [Fact]
    public void What_a_container_is_told_to_do_the_command_line_knows()
    {
        var arguments = Pods().SelectMany(pod => pod.Containers).Select(container => string.Join(' ', container.Args)).Order(StringComparer.Ordinal);
        Assert.Equal(["keys list", "serve --role api --lanes io", "serve --role worker --lanes compute"], arguments);
    }

    [Fact]
    public async Task The_query_that_scales_workers_counts_the_songs_of_a_lane_that_wait_or_are_in_work()
    {
        var query = Regex.Match(await File.ReadAllTextAsync(Path.Combine(Folder, "overlays", "scale", "scaling.yaml"), TestContext.Current.CancellationToken), "query: (.*)").Groups[1].Value;
        var database = await cluster.CreateDatabaseAsync();
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Database = database, Role = "api" });
        await using var context = await server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        const string Insert =
            """
            insert into jobs (id, options, status, lane, created_at, not_before) values
                ('a', '{{}}', 'queued', 'compute', now(), null), ('b', '{{}}', 'running', 'compute', now(), null), ('c', '{{}}', 'completed', 'compute', now(), null),
                ('d', '{{}}', 'queued', 'compute', now(), now() + interval '1 hour'), ('e', '{{}}', 'queued', 'io', now(), null)
            """;
        await context.Database.ExecuteSqlRawAsync(Insert, TestContext.Current.CancellationToken);

#pragma warning disable EF1002 // The query stands in a file of the project.
        Assert.Equal(2, await context.Database.SqlQueryRaw<long>(query.Replace("select songs", "select songs as \"Value\"", StringComparison.Ordinal)).SingleAsync(TestContext.Current.CancellationToken));
#pragma warning restore EF1002
    }

    private static List<V1PodSpec> Pods() =>
    [
        .. Objects().OfType<V1Deployment>().Select(deployment => deployment.Spec.Template.Spec),
        .. Objects().OfType<V1Job>().Select(job => job.Spec.Template.Spec),
    ];

    private static List<object> Objects() => [.. Directory.GetFiles(Path.Combine(Folder, "base"), "*.yaml")
        .Where(file => Path.GetFileName(file) != "kustomization.yaml").SelectMany(file => Load(File.ReadAllText(file)))];

    private static List<object> Load(string yaml) => KubernetesYaml.LoadAllFromString(yaml, strict: true);

    [GeneratedRegex(@"(?m)^  - ([\w./-]+)$")]
    private static partial Regex Resource();
}
