using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Libretto.Pipeline;
using Libretto.Server.Jobs;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Api;

/// <summary>What clients get wrong: each a problem document with the right status, nothing kept, nothing leaked.</summary>
public sealed class BadInputTests(SqliteServer server) : IClassFixture<SqliteServer>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    private JobClient Client => server.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Empty(HalfUploads());
    }

    [Fact]
    public async Task No_file() => await RefusedAsync(Form(("options", "{}")), 400, "file_missing");

    [Fact]
    public async Task Two_files()
    {
        using var form = Form();
        form.Add(new ByteArrayContent(File.ReadAllBytes(TestAudio.Tone(_folder, 0.5))), "file", "one.wav");
        form.Add(new ByteArrayContent([1, 2, 3]), "file", "two.wav");
        await RefusedAsync(form, 400, "two_files");
    }

    [Fact]
    public async Task An_empty_file() => await RefusedAsync(Song([]), 400, "file_empty");

    [Fact]
    public async Task An_unknown_part() => await RefusedAsync(Form(("colour", "red")), 400, "unknown_field");

    [Theory]
    [InlineData("{ half", 400, "json_broken")]
    [InlineData("[]", 400, "json_broken")]
    [InlineData("""{"colour":"red"}""", 400, "unknown_field")]
    [InlineData("""{"language":"xx"}""", 422, "option_invalid")]
    [InlineData("""{"engine":"magic"}""", 422, "option_invalid")]
    [InlineData("""{"lyrics":"somewhere"}""", 422, "option_invalid")]
    [InlineData("""{"formats":["doc"]}""", 422, "option_invalid")]
    [InlineData("""{"model":"../../etc"}""", 422, "option_invalid")]
    [InlineData("""{"stems":"maybe"}""", 400, "json_broken")]
    public async Task Options_that_mean_nothing(string options, int status, string code)
    {
        var answer = await Client.TryPostAsync(TestAudio.Tone(_folder, 0.5), options);
        Assert.Equal((status, code), ((int)answer.Status, answer.Problem()));
    }

    [Fact]
    public async Task A_zip_bomb_named_flac()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        await using (var entry = await archive.CreateEntry("song.flac", CompressionLevel.Fastest).OpenAsync(Ct))
            await entry.WriteAsync(new byte[10_000_000], Ct);
        await RefusedAsync(Song(zip.ToArray(), "song.flac"), 415, "not_audio");
    }

    [Fact]
    public async Task A_text_named_mp3() => await RefusedAsync(Song("These are words, not music. "u8.ToArray(), "song.mp3"), 415, "not_audio");

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_before_it_is_sent()
    {
        // Three gigabytes that exist only as a promise: the server must not wait for them.
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, Client.Http.BaseAddress!.Port, Ct);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 3000000000\r\n\r\n"), Ct);
        var head = await new StreamReader(stream).ReadLineAsync(Ct);
        Assert.Equal("HTTP/1.1 413 Content Too Large", head?.Replace("Payload", "Content", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_grows_too_large_on_the_way()
    {
        using var content = new PushContent(22_000_000);
        using var form = Form();
        form.Add(content, "file", "song.wav");
        await RefusedAsync(form, 413, "too_large");
    }

    [Fact]
    public async Task A_recording_that_is_too_long()
    {
        var song = TestAudio.Ffmpeg(_folder["long.mp3"], "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "400", "-b:a", "16k");
        var answer = await Client.TryPostAsync(song);
        Assert.Equal((422, "too_long"), ((int)answer.Status, answer.Problem()));
    }

    [Theory]
    [InlineData("text/plain", "hello", 415, "content_type_unsupported")]
    [InlineData("application/json", "{ half", 400, "json_broken")]
    [InlineData("application/json", """{"url":"file:///etc/passwd"}""", 422, "link_invalid")]
    [InlineData("application/json", """{"colour":1}""", 400, "unknown_field")]
    [InlineData("application/json", """{"url":"https://example.org/a.mp3","options":{"colour":1}}""", 400, "unknown_field")]
    [InlineData("application/json", """{"url":"https://example.org/a.mp3","options":{"beam":"two"}}""", 400, "json_broken")]
    [InlineData("application/json", """{"url":5}""", 400, "json_broken")]
    [InlineData("application/json", "{}", 422, "link_invalid")]
    [InlineData("multipart/form-data", "no boundary", 400, "multipart_broken")]
    public async Task A_body_of_another_kind(string type, string body, int status, string code)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        await RefusedAsync(content, status, code);
    }

    [Theory]
    [InlineData("GET", "/api/jobs/nobody", 404, "job_unknown")]
    [InlineData("GET", "/api/jobs/..%2f..%2fetc", 404, "job_unknown")]
    [InlineData("GET", "/api/jobs/' or 1=1 --/steps", 404, "job_unknown")]
    [InlineData("GET", "/api/jobs/nobody/events", 404, "job_unknown")]
    [InlineData("POST", "/api/jobs/nobody/cancel", 404, "job_unknown")]
    [InlineData("DELETE", "/api/jobs/nobody", 404, "job_unknown")]
    [InlineData("GET", "/api/nothing", 404, "not_found")]
    [InlineData("PATCH", "/api/jobs", 405, "method_not_allowed")]
    [InlineData("GET", "/api/jobs?limit=0", 422, "option_invalid")]
    [InlineData("GET", "/api/jobs?limit=many", 422, "option_invalid")]
    [InlineData("GET", "/api/jobs?status=lost", 422, "option_invalid")]
    public async Task An_address_that_leads_nowhere(string method, string path, int status, string code)
    {
        var answer = await Client.SendAsync(new HttpMethod(method), path);
        Assert.Equal((status, code), ((int)answer.Status, answer.Problem()));
    }

    [Fact]
    public async Task Blank_wishes_are_as_if_absent_in_an_address_too() =>
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync("/api/jobs?status=&search=&limit=&before=")).Status);

    [Fact]
    public async Task Lyrics_that_are_none()
    {
        var id = await Client.PostAsync(TestAudio.Tone(_folder, 0.6));
        await Client.FinishAsync(id);
        var tag = (await Client.GetAsync($"/api/jobs/{id}/lyrics.json")).Headers.ETag!;

        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/jobs/{id}/lyrics") { Content = new StringContent("{ half", Encoding.UTF8, "application/json") };
        request.Headers.IfMatch.Add(tag);
        var answer = await Client.SendAsync(request);

        Assert.Equal((422, "lyrics_broken"), ((int)answer.Status, answer.Problem()));
        Assert.Equal((404, "format_unknown"), await StatusAsync($"/api/jobs/{id}/lyrics.doc"));
    }

    [Fact]
    public async Task A_page_of_another_site_is_not_answered_without_keys()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/jobs");
        request.Headers.Add("Origin", "https://elsewhere.example");
        var foreign = await Client.SendAsync(request);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/jobs");
        rebound.Headers.Host = "elsewhere.example";
        var named = await Client.SendAsync(rebound);

        Assert.Equal((403, "origin_foreign"), ((int)foreign.Status, foreign.Problem()));
        Assert.Equal((403, "host_foreign"), ((int)named.Status, named.Problem()));
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_an_upload_leaves_nothing()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, Client.Http.BaseAddress!.Port, Ct);
        await using (var stream = tcp.GetStream())
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                "POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n" +
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF1234WAVE"), Ct);
            await stream.FlushAsync(Ct);
        }
        tcp.Close();

        for (var i = 0; i < 100 && HalfUploads().Any(); i++)
            await Task.Delay(50, Ct);
    }

    [Theory]
    [InlineData(4000, 60)]
    [InlineData(1, 0.05)]
    public async Task An_upload_that_trickles_or_takes_too_long_is_given_up(double leastRate, double minutes)
    {
        await using var slow = await RunningServer.StartAsync(new ServerOptions
        {
            DataFolder = _folder["slow"], Role = "api", LeastUploadRate = leastRate, UploadTime = TimeSpan.FromMinutes(minutes),
        });
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, slow.Client.Http.BaseAddress!.Port, Ct);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n" +
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF1234WAVE"), Ct);
        var answer = new StreamReader(stream).ReadLineAsync(Ct).AsTask();
        // 400 bytes a second, as long as somebody takes them.
        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(250, Ct));
            try
            {
                await stream.WriteAsync(new byte[100], Ct);
            }
            catch (IOException)
            {
                break;
            }
        }
        Assert.Equal("HTTP/1.1 408 Request Timeout", await answer);
    }

    [Fact]
    public async Task A_watcher_that_reads_nothing_keeps_no_one_else_waiting()
    {
        var changes = server.Server.Services.GetRequiredService<JobChanges>();
        // The server itself watches too.
        var before = changes.Watchers;
        var id = await Client.PostAsync(TestAudio.Tone(_folder, 2));
        var lazy = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            var tcp = new TcpClient { ReceiveBufferSize = 1024 };
            await tcp.ConnectAsync(IPAddress.Loopback, Client.Http.BaseAddress!.Port, Ct);
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/jobs/{id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"), Ct);
            lazy.Add(tcp);
        }

        Assert.Equal("completed", (await Client.FinishAsync(id)).Text("status"));

        lazy.ForEach(tcp => tcp.Dispose());
        for (var i = 0; i < 200 && changes.Watchers > before; i++)
            await Task.Delay(50, Ct);
        Assert.Equal(before, changes.Watchers);
    }

    private async Task<(int, string)> StatusAsync(string path)
    {
        var answer = await Client.GetAsync(path);
        return ((int)answer.Status, answer.Problem());
    }

    private async Task RefusedAsync(HttpContent content, int status, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = content };
        request.Headers.ExpectContinue = true;
        var answer = await Client.SendAsync(request);
        Assert.Equal((status, code), ((int)answer.Status, answer.Problem()));
    }

    private static MultipartFormDataContent Form(params (string Name, string Text)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, text) in fields)
            form.Add(new StringContent(text), name);
        return form;
    }

    private static MultipartFormDataContent Song(byte[] content, string name = "song.wav")
    {
        var form = Form();
        form.Add(new ByteArrayContent(content), "file", name);
        return form;
    }

    /// <summary>Uploads in the making; the store's and the process's own locks do not count.</summary>
    private IEnumerable<string> HalfUploads() =>
        Jobs.Work.ProcessDeathTests.TemporaryFiles(server.DataFolder).Where(file => Path.GetFileName(file) != "lock" && Path.GetFileName(file) != "song");

    /// <summary>Bytes without an announced length.</summary>
    private sealed class PushContent(int length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("RIFF....WAVEfmt "));
            var block = new byte[100_000];
            for (var sent = 0; sent < length; sent += block.Length)
                await stream.WriteAsync(block);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = 0;
            return false;
        }
    }
}
