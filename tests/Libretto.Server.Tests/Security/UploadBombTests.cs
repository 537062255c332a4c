using System.Net;
using System.Text;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Security;

/// <summary>Uploads that are larger inside than outside, or never end: besides those of BadInputTests.</summary>
public sealed class UploadBombTests(SqliteServer server) : IClassFixture<SqliteServer>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recording_of_hours_that_does_not_tell_its_length_is_refused_by_what_it_holds()
    {
        // Silence packs a hundredfold; a stream copied into Matroska live has no length in its head. The server takes six minutes.
        var song = TestAudio.Ffmpeg(_folder["bomb.mka"], "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "900", "-c:a", "libopus", "-b:a", "6k", "-f", "matroska", "-live", "1");

        var answer = await server.Client.TryPostAsync(song);
        var job = answer.Status == HttpStatusCode.Accepted ? await server.Client.FinishAsync(answer.Json.Text("id")) : answer.Json;

        Assert.Equal("too_long", job.TryGetProperty("error_code", out var code) ? code.GetString() : job.Text("code"));
        // In no column is it told where the server keeps its files.
        Assert.DoesNotContain(server.DataFolder, job.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("/song", job.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_small_parts_are_not_read()
    {
        using var form = new MultipartFormDataContent("b");
        for (var i = 0; i < 1000; i++)
            form.Add(new StringContent("{}"), "options");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = form };
        var answer = await server.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, "too_many_parts"), (answer.Status, answer.Problem()));
    }

    [Fact]
    public async Task Json_without_a_bottom_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs")
        {
            Content = new StringContent("{\"url\":" + new string('[', 50_000), Encoding.UTF8, "application/json"),
        };
        var answer = await server.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, "json_broken"), (answer.Status, answer.Problem()));
    }
}
