using System.IO.Compression;
using System.Net;
using System.Text;
using Libretto.Server.Jobs.Work;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Api;

/// <summary>Karaoke made of a song, over HTTP.</summary>
public sealed class ExportsTests(SqliteServer server) : IClassFixture<SqliteServer>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    private JobClient Client => server.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_export_is_a_job_of_its_own_made_once_for_two_who_ask_and_gone_with_its_song()
    {
        var song = await SungAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ExportAsync(Client, song, """{"kind":"cdg","audio":"mix"}""")));
        Assert.All(asked, answer => Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text));
        var id = Assert.Single(asked.Select(answer => answer.Json.Text("id")).Distinct());
        var done = await Client.FinishAsync(id);
        Assert.True(done.Text("status") == "completed", done.ToString());

        var listed = (await Client.GetAsync($"/api/jobs/{song}/exports")).Json.GetProperty("jobs").EnumerateArray();
        Assert.Equal(id, Assert.Single(listed).Text("id"));
        using var zip = new ZipArchive(await Client.Http.GetStreamAsync($"/api/jobs/{song}/exports/cdg", Ct));
        Assert.Equal(["Exported.cdg", "Exported.mp3"], zip.Entries.Select(entry => entry.FullName).Order());
        // Jobs are listed without their exports.
        Assert.DoesNotContain((await Client.GetAsync("/api/jobs")).Json.GetProperty("jobs").EnumerateArray(), job => job.Text("id") == id);

        Assert.Equal(HttpStatusCode.NoContent, (await Client.SendAsync(HttpMethod.Delete, $"/api/jobs/{song}")).Status);
        Assert.Equal("job_unknown", (await Client.GetAsync($"/api/jobs/{song}/exports/cdg")).Problem());
        Assert.Equal("job_unknown", (await Client.GetAsync($"/api/jobs/{id}")).Problem());
    }

    [Fact]
    public async Task Every_kind_is_what_it_says()
    {
        var song = await SungAsync();
        foreach (var (kind, mediaType, magic) in new[] { ("html", "text/html", "<!DOCTYPE html>"), ("mp4", "video/mp4", "ftyp"), ("ultrastar", "application/zip", "PK") })
        {
            var export = await ExportAsync(Client, song, $$"""{"kind":"{{kind}}","audio":"mix"}""");
            var done = await Client.FinishAsync(export.Json.Text("id"));
            Assert.True(done.Text("status") == "completed", done.ToString());
            using var answer = await Client.Http.GetAsync($"/api/jobs/{song}/exports/{kind}", Ct);
            Assert.Equal(mediaType, answer.Content.Headers.ContentType!.MediaType);
            Assert.StartsWith("Exported.", answer.Content.Headers.ContentDisposition!.FileNameStar, StringComparison.Ordinal);
            Assert.Contains(magic, Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(Ct), 0, 40), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Several_kinds_come_in_one_zip_however_they_are_named()
    {
        var song = await SungAsync();
        var export = await ExportAsync(Client, song, """{"kind":"zip","kinds":["ultrastar","html","cdg"],"audio":"mix"}""");
        var again = await ExportAsync(Client, song, """{"kind":"zip","kinds":["HTML","cdg","ultrastar","cdg"],"audio":"mix"}""");
        Assert.Equal(export.Json.Text("id"), again.Json.Text("id"));
        var done = await Client.FinishAsync(export.Json.Text("id"));
        Assert.True(done.Text("status") == "completed", done.ToString());

        using var zip = new ZipArchive(await Client.Http.GetStreamAsync($"/api/jobs/{song}/exports/zip", Ct));
        Assert.Equal(
            ["Exported.html", "Exported.zip", "Exported/Exported.mp3", "Exported/Exported.txt"],
            // The game's folder has the stems too, where a model is here that separates.
            zip.Entries.Select(entry => entry.FullName).Where(name => !name.Contains('[', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        using var inner = new ZipArchive(zip.GetEntry("Exported.zip")!.Open());
        Assert.Equal(["Exported.cdg", "Exported.mp3"], inner.Entries.Select(entry => entry.FullName).Order());
    }

    [Theory]
    [InlineData("""{"kind":"vhs"}""")]
    [InlineData("""{"kind":"zip","kinds":["mp4","zip"]}""")]
    [InlineData("""{"kind":"mp4","audio":"loud"}""")]
    [InlineData("""{"kind":"mp4","resolution":480}""")]
    [InlineData("""{"kind":"mp4","background":"../../etc/passwd"}""")]
    public async Task What_cannot_be_made_is_said_at_once(string options)
    {
        var song = await SungAsync();
        Assert.Equal("option_invalid", (await ExportAsync(Client, song, options)).Problem());
    }

    [Fact]
    public async Task What_was_not_asked_for_is_not_there()
    {
        var song = await SungAsync(0.7);
        Assert.Equal("export_missing", (await Client.GetAsync($"/api/jobs/{song}/exports/mp4")).Problem());
        Assert.Equal("export_unknown", (await Client.GetAsync($"/api/jobs/{song}/exports/vhs")).Problem());
        Assert.Equal("job_unknown", (await ExportAsync(Client, "0123", """{"kind":"mp4"}""")).Problem());
    }

    [Fact]
    public async Task An_export_survives_the_worker_that_is_killed_while_it_makes_it()
    {
        var (data, port) = (_folder["data"], PostgresCluster.FreePort());
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        string song;
        await using (await LibrettoProcess.ServeAsync(data, port))
            await client.FinishAsync(song = await client.PostAsync(TestAudio.Tone(_folder, 1)));
        await using (var doomed = await LibrettoProcess.ServeAsync(
            data, port, environment: [("LIBRETTO_TEST_SETUP", "1"), ("LIBRETTO_FAILPOINT", $"{Checkpoints.InputAtHand}")]))
        {
            try
            {
                await ExportAsync(client, song, """{"kind":"cdg","audio":"mix"}""");
            }
            catch (HttpRequestException)
            {
                // The worker may be dead before the answer is out; the row is there.
            }
            await doomed.ExitAsync();
        }

        await using var next = await LibrettoProcess.ServeAsync(data, port);
        var export = (await client.GetAsync($"/api/jobs/{song}/exports")).Json.GetProperty("jobs").EnumerateArray().Single().Text("id");
        var done = await client.FinishAsync(export);
        Assert.Equal(("completed", 1), (done.Text("status"), done.Number("takeovers")));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/jobs/{song}/exports/cdg")).Status);
    }

    /// <summary>A song with words, whose title is set: its id.</summary>
    private async Task<string> SungAsync(double seconds = 1.3)
    {
        var lyrics = """
            {"schema":"libretto/1","title":"Exported","duration":1.3,"lines":[{"start":0.2,"end":1.1,"text":"sing along","words":[
            {"text":"sing","start":0.2,"end":0.6},{"text":"along","start":0.6,"end":1.1}]}]}
            """;
        var id = await Client.PostAsync(TestAudio.Tone(_folder, seconds), """{"title":"Exported"}""");
        var done = await Client.FinishAsync(id);
        Assert.Equal("completed", done.Text("status"));
        var seen = await Client.GetAsync($"/api/jobs/{id}/lyrics.json");
        using var put = new HttpRequestMessage(HttpMethod.Put, $"/api/jobs/{id}/lyrics") { Content = new StringContent(lyrics, Encoding.UTF8, "application/json") };
        put.Headers.TryAddWithoutValidation("If-Match", seen.Headers.ETag!.ToString());
        var answer = await Client.SendAsync(put);
        Assert.True(answer.Status == HttpStatusCode.NoContent, answer.Text);
        return id;
    }

    private static async Task<Answer> ExportAsync(JobClient client, string song, string options)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/jobs/{song}/exports") { Content = new StringContent(options, Encoding.UTF8, "application/json") };
        return await client.SendAsync(request);
    }
}
