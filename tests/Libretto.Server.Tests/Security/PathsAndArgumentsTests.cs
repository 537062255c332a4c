using System.Net;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Security;

/// <summary>Names that would like to be paths or flags.</summary>
public sealed class PathsAndArgumentsTests(SqliteServer server) : IClassFixture<SqliteServer>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../../../../tmp/libretto-escaped.wav", "libretto-escaped.wav")]
    [InlineData("..\\..\\libretto-escaped.wav", "libretto-escaped.wav")]
    [InlineData("/etc/cron.d/libretto-escaped", "libretto-escaped")]
    [InlineData("-f lavfi -i sine.wav", "-f lavfi -i sine.wav")]
    [InlineData("$(touch libretto-escaped);`id`.wav", "$(touch libretto-escaped);`id`.wav")]
    [InlineData("a\u0007\u001b[31mb.wav", "a[31mb.wav")]
    [InlineData("<script>alert(1)<script>.wav", "<script>alert(1)<script>.wav")]
    public async Task An_uploads_name_is_words_for_people_and_never_a_path_or_a_flag(string name, string shown)
    {
        var before = Files();
        var answer = await server.Client.TryPostAsync(TestAudio.Tone(_folder, 0.5), $$"""{"title":"{{Guid.NewGuid()}}"}""", fileName: name);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var job = await server.Client.FinishAsync(answer.Json.Text("id"));

        Assert.Equal(("completed", shown), (job.Text("status"), job.Text("file_name")));
        Assert.DoesNotContain(Files().Except(before), file => file.Contains("escaped", StringComparison.Ordinal));
        Assert.False(File.Exists("/tmp/libretto-escaped.wav"));
    }

    [Theory]
    [InlineData("/api/jobs/{id}/audio/..%2f..%2flibretto.db")]
    [InlineData("/api/jobs/{id}/audio/../../../libretto.db")]
    [InlineData("/api/jobs/{id}/lyrics.%2e%2e%2flibretto.db")]
    [InlineData("/page/x/..%2f..%2f..%2flibretto.db")]
    [InlineData("/page/x/..\\..\\libretto.db")]
    [InlineData("/page/x//etc/passwd")]
    [InlineData("/libretto.db")]
    public async Task No_address_leads_to_a_file_of_the_server(string path)
    {
        var id = await server.Client.PostAsync(TestAudio.Tone(_folder, 0.5));
        await server.Client.FinishAsync(id);

        var answer = await server.Client.GetAsync(path.Replace("{id}", id, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.DoesNotContain("SQLite", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer.Text, StringComparison.Ordinal);
    }

    private List<string> Files() => [.. Directory.EnumerateFiles(server.DataFolder, "*", SearchOption.AllDirectories)];
}
