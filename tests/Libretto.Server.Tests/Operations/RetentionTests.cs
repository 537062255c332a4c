using System.Net;
using System.Text;
using Libretto.Acquire;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Operations;
using Libretto.Server.Tests.Support;
using Libretto.Settings;
using Libretto.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Operations;

/// <summary>Songs and results go after their time, and nothing that is still wanted goes with them.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JobClient Client => _server.Client;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(new ServerOptions
    {
        DataFolder = _folder["data"], Retention = TimeSpan.FromDays(30),
    }, settings: new LibrettoSettings { AllowNetworks = ["127.0.0.1/32"] });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_old_job_says_that_its_song_was_removed_and_a_newer_one_with_the_same_song_keeps_it()
    {
        var song = TestAudio.Tone(_folder, 1);
        var old = await FinishedAsync(song, "old");
        var recent = await FinishedAsync(song, "recent");
        await AgeAsync(old, days: 31);

        await RunAsync();

        Assert.Equal((HttpStatusCode.Gone, "expired"), await ProblemAsync($"/api/jobs/{old}/lyrics.json"));
        Assert.Equal((HttpStatusCode.Gone, "expired"), await ProblemAsync($"/api/jobs/{old}/audio/mix"));
        var view = await Client.JobAsync(old);
        Assert.True(view.TryGetProperty("expired_at", out _));
        Assert.False(view.TryGetProperty("results_url", out _));
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"/api/jobs/{recent}/lyrics.json")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"/api/jobs/{recent}/audio/mix")).Status);
        Assert.Equal("queued", (await Client.TryPostAsync(song, """{"title":"old"}""")).Json.Text("status"));
    }

    [Fact]
    public async Task A_list_goes_with_the_last_of_its_songs()
    {
        var lists = _server.Services.GetRequiredService<ListStore>();
        var longAgo = DateTime.UtcNow.AddDays(-31);
        foreach (var id in (string[])["gone", "partly", "young"])
            await lists.AddAsync(new SongList(id, "", id, null, 1, null, DateTime.UtcNow), Ct);
        var (old, recent) = (await FinishedAsync(TestAudio.Tone(_folder, 1), "old"), await FinishedAsync(TestAudio.Tone(_folder, 2), "recent"));
        await AgeAsync(old, days: 31);
        await using var context = await _server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        await context.Jobs.Where(job => job.Id == old).ExecuteUpdateAsync(set => set.SetProperty(job => job.ListId, "gone"), Ct);
        await context.Jobs.Where(job => job.Id == recent).ExecuteUpdateAsync(set => set.SetProperty(job => job.ListId, "partly"), Ct);
        // Not before they have their songs: the server's own maintenance may come at any time.
        await context.Lists.Where(list => list.Id != "young").ExecuteUpdateAsync(set => set.SetProperty(list => list.CreatedAt, longAgo), Ct);

        await RunAsync();

        Assert.Equal(["partly", "young"], (await lists.AllAsync(null, 10, Ct)).Select(list => list.Id).Order());
    }

    [Fact]
    public async Task Workers_that_ended_long_ago_are_forgotten_and_those_at_work_are_not()
    {
        var ended = DateTime.UtcNow.AddDays(-31);
        await using var context = await _server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        context.Workers.AddRange(
            new WorkerRecord { Id = "long ago", Lanes = "compute", State = WorkerState.Stopped, RequestedAt = ended, StoppedAt = ended },
            new WorkerRecord { Id = "at work since then", Lanes = "compute", State = WorkerState.Running, RequestedAt = ended, HeartbeatAt = DateTime.UtcNow });
        await context.SaveChangesAsync(Ct);

        await RunAsync();

        Assert.DoesNotContain("long ago", await context.Workers.Select(life => life.Id).ToListAsync(Ct));
        Assert.Contains("at work since then", await context.Workers.Select(life => life.Id).ToListAsync(Ct));
    }

    [Fact]
    public async Task Nothing_is_left_in_the_store_of_a_song_that_only_one_job_had()
    {
        var store = _server.Services.GetRequiredService<IContentStore>();
        var id = await FinishedAsync(TestAudio.Tone(_folder, 1.1), "only");
        await AgeAsync(id, days: 31);

        await RunAsync();

        await foreach (var content in store.ListAsync(cancellationToken: Ct))
            Assert.StartsWith("stages/", content.Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opus")]
    [InlineData("waveforms")]
    [InlineData("covers")]
    [InlineData("lyrics")]
    [InlineData("results")]
    [InlineData("given")]
    public async Task What_no_job_names_any_more_goes_when_it_is_old(string folder)
    {
        using (var store = new DiskContentStore(Path.Combine(_folder["data"], "store"), new StoppedClock(DateTimeOffset.UtcNow.AddDays(-31))))
            await store.PutAsync($"{folder}/old", new MemoryStream("left"u8.ToArray()), new ContentDescription("application/json"), Ct);

        await RunAsync();

        Assert.Null(await _server.Services.GetRequiredService<IContentStore>().FindAsync($"{folder}/old", Ct));
    }

    [Fact]
    public async Task What_was_made_of_a_song_for_the_page_goes_with_the_song()
    {
        var id = await FinishedAsync(TestAudio.Tone(_folder, 1.4), "karaoke");
        var job = (await _server.Services.GetRequiredService<JobStore>().FindAsync(id, Ct))!;
        var store = _server.Services.GetRequiredService<IContentStore>();
        string[] made =
        [
            DerivedContent.OpusOf(job.InputKey!), DerivedContent.WaveformOf(job.InputKey!, job.VocalsKey),
            DerivedContent.CoverOf(job.InputKey!, isBackdrop: false), DerivedContent.CoverOf(job.InputKey!, isBackdrop: true),
        ];
        foreach (var key in made)
            await store.PutAsync(key, new MemoryStream("made"u8.ToArray()), new ContentDescription("application/json"), Ct);
        await AgeAsync(id, days: 31);

        await RunAsync();

        foreach (var key in made)
            Assert.Null(await store.FindAsync(key, Ct));
    }

    [Fact]
    public async Task What_stages_made_goes_when_it_is_old()
    {
        var past = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using (var store = new DiskContentStore(Path.Combine(_folder["data"], "store"), new StoppedClock(past)))
            await store.PutAsync("stages/transcribe/old", new MemoryStream(Encoding.UTF8.GetBytes("words")), new ContentDescription("application/json"), Ct);
        var content = _server.Services.GetRequiredService<IContentStore>();
        await content.PutAsync("stages/transcribe/new", new MemoryStream(Encoding.UTF8.GetBytes("words")), new ContentDescription("application/json"), Ct);

        await RunAsync();

        Assert.Null(await content.FindAsync("stages/transcribe/old", Ct));
        Assert.NotNull(await content.FindAsync("stages/transcribe/new", Ct));
    }

    [Fact]
    public async Task Where_a_link_led_is_forgotten_with_its_song_and_kept_while_a_job_needs_it()
    {
        await using var site = await LinkSite.StartAsync();
        var (here, there) = (TestAudio.Tone(_folder, 1.2, name: "here.mp3"), TestAudio.Tone(_folder, 1.3, name: "there.mp3"));
        site.ServeBytes("/old.mp3", "audio/mpeg", await File.ReadAllBytesAsync(here, Ct));
        site.ServeBytes("/needed.mp3", "audio/mpeg", await File.ReadAllBytesAsync(there, Ct));
        var (old, needed) = (await FinishedLinkAsync(site.Address("old.mp3")), await FinishedLinkAsync(site.Address("needed.mp3")));
        await AgeAsync(old, days: 31);
        var store = _server.Services.GetRequiredService<IContentStore>();
        var links = _server.Services.GetRequiredService<LinkFetch>();
        await AgeNotesAsync();

        await RunAsync();

        Assert.Null(await links.FindAsync(SongLink.Parse(site.Address("old.mp3")), Ct));
        Assert.NotNull(await links.FindAsync(SongLink.Parse(site.Address("needed.mp3")), Ct));
        Assert.Single(await NotesAsync());
        Assert.Single(await store.ListAsync("audio/", cancellationToken: Ct).ToListAsync(Ct));

        await AgeAsync(needed, days: 31);
        await RunAsync();
        Assert.Empty(await NotesAsync());
        // Known no more, and so fetched again.
        await FinishedLinkAsync(site.Address("old.mp3"));
        Assert.Equal(2, site.Asked("/old.mp3"));
        // So is a link whose sound alone is gone.
        await foreach (var audio in store.ListAsync("audio/", cancellationToken: Ct))
            await store.RemoveAsync(audio.Key, Ct);
        await FinishedLinkAsync(site.Address("old.mp3"));
        Assert.Equal(3, site.Asked("/old.mp3"));

        async Task<List<StoredContent>> NotesAsync() => await store.ListAsync("links/", cancellationToken: Ct).ToListAsync(Ct);
        async Task AgeNotesAsync()
        {
            using var past = new DiskContentStore(Path.Combine(_folder["data"], "store"), new StoppedClock(DateTimeOffset.UtcNow.AddDays(-31)));
            foreach (var note in await NotesAsync())
                await using (var reading = (await past.OpenAsync(note.Key, Ct))!)
                    await past.PutAsync(note.Key, reading.Stream, note.Description, Ct);
        }
    }

    private async Task<string> FinishedLinkAsync(string url)
    {
        var id = await Client.PostLinkAsync(url);
        var job = await Client.FinishAsync(id);
        Assert.True(job.Text("status") == "completed", job.GetRawText());
        return id;
    }

    private Task RunAsync() => _server.Services.GetRequiredService<Retention>().RunAsync(Ct);

    private async Task<string> FinishedAsync(string song, string title)
    {
        var id = await Client.PostAsync(song, $$"""{"title":"{{title}}"}""");
        Assert.Equal("completed", (await Client.FinishAsync(id)).Text("status"));
        return id;
    }

    private async Task AgeAsync(string id, int days)
    {
        var completed = DateTime.UtcNow.AddDays(-days);
        await using var context = await _server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        await context.Jobs.Where(job => job.Id == id).ExecuteUpdateAsync(set => set.SetProperty(job => job.CompletedAt, completed), Ct);
    }

    private async Task<(HttpStatusCode, string)> ProblemAsync(string path)
    {
        var answer = await Client.GetAsync(path);
        return (answer.Status, answer.Problem());
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
