using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Server.Api;
using Libretto.Server.Api.Intake;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Api;

/// <summary>What the API says of itself: examples that hold, errors that can happen, the key where one is needed.</summary>
public sealed partial class OpenApiTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api" });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_operation_shows_what_it_takes_gives_and_may_refuse()
    {
        foreach (var operation in Operations(await DescriptionAsync()))
        {
            var name = operation.Text("operationId");
            if (operation.TryGetProperty("requestBody", out var body))
                Assert.All(body.GetProperty("content").EnumerateObject(), media => Assert.True(media.Value.TryGetProperty("example", out _), $"{name} takes {media.Name}"));
            foreach (var answer in operation.GetProperty("responses").EnumerateObject().Where(answer => answer.Name is not ("204" or "304")))
                Assert.All(answer.Value.GetProperty("content").EnumerateObject(), media => Assert.True(media.Value.TryGetProperty("example", out _), $"{name} gives {answer.Name}"));
            Assert.Contains(operation.GetProperty("responses").EnumerateObject(), answer => answer.Name == "401");
        }
    }

    [Fact]
    public async Task Its_examples_are_what_the_programs_types_say()
    {
        var operations = Operations(await DescriptionAsync()).ToDictionary(operation => operation.Text("operationId"));
        JsonElement Given(string operation, string status) =>
            operations[operation].GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty("application/json").GetProperty("example");

        Assert.Equal("running", JsonSerializer.Deserialize(Given("GetJob", "200"), ApiJson.Default.JobView)!.Status);
        Assert.Single(JsonSerializer.Deserialize(Given("ListJobs", "200"), ApiJson.Default.JobPage)!.Jobs);
        Assert.Equal(5, JsonSerializer.Deserialize(Given("GetSteps", "200"), ApiJson.Default.StepsView)!.Steps.Count);
        Assert.Single(JsonSerializer.Deserialize(Given("ListWorkers", "200"), ApiJson.Default.WorkersView)!.Workers);
        Assert.Single(JsonSerializer.Deserialize(Given("GetUsage", "200"), ApiJson.Default.UsageView)!.Keys);
        Assert.Equal("delivered", JsonSerializer.Deserialize(Given("GetWebhook", "200"), ApiJson.Default.WebhookView)!.State);
        Assert.Equal("Hello again", Lyrics.LyricsFormats.Json.Read(Given("GetLyrics", "200").GetRawText()).Lines[0].Text);
        var posted = operations["PostJob"].GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
        Assert.True(JsonSerializer.Deserialize(posted, ApiJson.Default.LinkPost)!.Options!.Stems);
    }

    [Fact]
    public async Task Every_error_of_the_code_is_listed_under_its_status()
    {
        var listed = Operations(await DescriptionAsync())
            .SelectMany(operation => operation.GetProperty("responses").EnumerateObject())
            .SelectMany(answer => answer.Value.Text("description").Split(", ").Select(code => $"{answer.Name} {code}")).ToHashSet();
        var thrown = Directory.EnumerateFiles(Repository.File("src", "Libretto.Server"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Thrown().Matches(File.ReadAllText(file)))
            .Select(match => $"{match.Groups[1].Value} {CodeOf(match)}")
            // Not of the API: what those with a shared link, or at a party, are told.
            .Where(error => error is not ("410 link_expired" or "403 links_off" or "404 entry_unknown")).ToHashSet();

        Assert.InRange(thrown.Count, 30, 200);
        Assert.All(thrown, error => Assert.Contains(error, listed));
    }

    [Fact]
    public async Task The_key_is_asked_for_once_there_are_keys()
    {
        Assert.False((await DescriptionAsync()).TryGetProperty("security", out _));

        await _server.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, TestContext.Current.CancellationToken);

        var api = await DescriptionAsync();
        Assert.Equal("bearer", api.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").Text("scheme"));
        Assert.Equal("key", api.GetProperty("security")[0].EnumerateObject().Single().Name);
    }

    [Fact]
    public async Task Its_page_names_no_other_site()
    {
        var page = (await _server.Client.GetAsync("/scalar/")).Text;
        Assert.Contains("openapi/v1.json", page, StringComparison.Ordinal);
        Assert.DoesNotContain("//", page.Replace("<!--", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"withDefaultFonts\":false", page, StringComparison.Ordinal);
    }

    private async Task<JsonElement> DescriptionAsync() => (await _server.Client.GetAsync("/openapi/v1.json")).Json;

    private static IEnumerable<JsonElement> Operations(JsonElement api) =>
        api.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value);

    private static string CodeOf(Match thrown) => thrown.Groups["name"] is { Success: true } name
        ? (string)typeof(ErrorCodes).GetField(name.Value)!.GetRawConstantValue()!
        : thrown.Groups["code"].Value;

    [GeneratedRegex("(?:ApiProblem|new)\\(\\s*([45][0-9]{2}), (?:\"(?<code>[a-z_]+[a-z])\"|ErrorCodes\\.(?<name>\\w+))")]
    private static partial Regex Thrown();
}
