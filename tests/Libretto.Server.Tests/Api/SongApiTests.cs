using System.Net;
using System.Text;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Api;

/// <summary>What a song is called, and having it made again.</summary>
public sealed class SongApiTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_name_given_by_the_user_stands_in_the_job_and_in_every_export_and_is_searched_by()
    {
        var id = await ToneAsync();
        var answer = await PatchAsync(id, """{"title":"Zażółć","artist":"Gęśl"}""");
        var emptied = await PatchAsync(id, """{"artist":""}""");

        Assert.Equal((HttpStatusCode.OK, "Gęśl"), (answer.Status, answer.Json.Text("artist")));
        Assert.False(emptied.Json.TryGetProperty("artist", out _));
        Assert.Contains("[ti:Zażółć]", (await _server.Client.GetAsync($"/api/jobs/{id}/lyrics.lrc")).Text, StringComparison.Ordinal);
        Assert.Equal(id, (await _server.Client.GetAsync("/api/jobs?search=ZAZOLC")).Json.GetProperty("jobs")[0].Text("id"));
    }

    [Theory]
    [InlineData("""{"title":"  "}""", HttpStatusCode.UnprocessableEntity, "option_invalid")]
    [InlineData("""{"name":"x"}""", HttpStatusCode.BadRequest, "unknown_field")]
    [InlineData("nothing", HttpStatusCode.BadRequest, "json_broken")]
    public async Task A_name_that_is_none_is_refused(string body, HttpStatusCode status, string code)
    {
        var answer = await PatchAsync(await ToneAsync(), body);

        Assert.Equal((status, code), (answer.Status, answer.Problem()));
    }

    [Fact]
    public async Task A_song_is_made_again_with_words_and_keeps_its_name_and_the_words_it_had()
    {
        var id = await ToneAsync();
        await PatchAsync(id, """{"title":"Mine"}""");
        var answer = await AgainAsync(id, """{"lyrics":"one two\nthree four"}""");
        var made = await _server.Client.FinishAsync(id);
        var text = (await _server.Client.GetAsync($"/api/jobs/{id}/lyrics.txt")).Text;

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(("completed", "Mine"), (made.Text("status"), made.Text("title")));
        Assert.Contains("three four", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_song_that_is_being_made_is_not_made_again_meanwhile_and_options_that_mean_nothing_change_nothing()
    {
        var id = await ToneAsync();
        var refused = await AgainAsync(id, """{"options":{"engine":"groq"}}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "option_invalid"), (refused.Status, refused.Problem()));
        Assert.Equal("completed", (await _server.Client.JobAsync(id)).Text("status"));
        Assert.Equal(HttpStatusCode.NotFound, (await AgainAsync("none", "{}")).Status);
    }

    private async Task<string> ToneAsync()
    {
        var id = await _server.Client.PostAsync(TestAudio.Tone(_folder, 2));
        Assert.Equal("completed", (await _server.Client.FinishAsync(id)).Text("status"));
        return id;
    }

    private Task<Answer> PatchAsync(string id, string json) => SendAsync(HttpMethod.Patch, $"/api/jobs/{id}", json);

    private Task<Answer> AgainAsync(string id, string json) => SendAsync(HttpMethod.Post, $"/api/jobs/{id}/again", json);

    private async Task<Answer> SendAsync(HttpMethod method, string path, string json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return await _server.Client.SendAsync(request);
    }
}
