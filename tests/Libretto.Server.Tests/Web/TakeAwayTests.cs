using System.IO.Compression;
using System.Net;
using Libretto.Lyrics;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Web;

/// <summary>What of a song goes to browsers and into folders.</summary>
public sealed class TakeAwayTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_of_a_song_comes_in_one_file_named_as_people_name_songs()
    {
        var id = await ToneAsync("""{"title":"Glut: Asche?","artist":"Die Eichen"}""");
        using var answer = await _server.Client.Http.GetAsync($"/api/jobs/{id}/song.zip", Ct);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(Ct));
        var names = zip.Entries.Select(entry => entry.FullName).ToList();

        Assert.Equal("Die Eichen - Glut_ Asche_.zip", answer.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Equal(LyricsFormats.All.Count + 1, names.Count);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Contains("Die Eichen - Glut_ Asche_.lrc", names);
        Assert.Contains("Die Eichen - Glut_ Asche_.wav", names);
    }

    [Fact]
    public async Task A_browser_gets_a_tenth_of_the_recording()
    {
        var id = await ToneAsync("{}");
        using var packed = await _server.Client.Http.GetAsync($"/api/jobs/{id}/sound/mix", Ct);
        var (small, whole) = ((await packed.Content.ReadAsByteArrayAsync(Ct)).Length, (await _server.Client.Http.GetByteArrayAsync($"/api/jobs/{id}/audio/mix", Ct)).Length);

        Assert.Equal("audio/ogg", packed.Content.Headers.ContentType!.MediaType);
        Assert.InRange(small, 1000, whole / 2);
        Assert.Equal("audio_missing", (await _server.Client.GetAsync($"/api/jobs/{id}/sound/vocals")).Problem());
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Client.GetAsync($"/api/jobs/{id}/sound/other")).Status);
    }

    private async Task<string> ToneAsync(string options)
    {
        var id = await _server.Client.PostAsync(TestAudio.Tone(_folder, 3), options);
        Assert.Equal("completed", (await _server.Client.FinishAsync(id)).Text("status"));
        return id;
    }
}
