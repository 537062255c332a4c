using System.Globalization;
using System.Text.Json;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Settings;
using Libretto.Tests.Acquire;
using Libretto.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Tests.Pipeline;

/// <summary>Lyrics looked up in the whole pipeline: a hosted engine and a library that are servers on the loopback.</summary>
public sealed class FoundLyricsTests : IAsyncLifetime
{
    private const string Sung = "walking down the river / waiting for the morning / every bird is singing / every window open";
    private const string Lrc = "[00:03.00] Walking down the river,\\n[00:07.00] Waiting for the mourning,\\n[00:11.00] Every bird is singing,\\n[00:15.00] Every window open!";

    private readonly ScratchFolder _folder = new();
    private SpeechServer _engine = null!;
    private LocalServer _library = null!;
    private string _song = "";

    public async ValueTask InitializeAsync()
    {
        (_engine, _library) = (await SpeechServer.StartAsync(), await LocalServer.StartAsync());
        _engine.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Heard(Sung, from: 4));
        _song = TestAudio.Ffmpeg(
            _folder["song.flac"], "-f", "lavfi", "-i", "sine=r=16000:d=42", "-metadata", "title=Rivers", "-metadata", "artist=Nobody");
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _library.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Synced_lyrics_that_are_what_is_sung_are_used_with_their_times_put_right()
    {
        Library(LyricsLookupTests.Record("Rivers", "Nobody", synced: Lrc));
        var result = await RunAsync();

        var document = result.Document;
        Assert.Equal(["Walking down the river,", "Waiting for the mourning,", "Every bird is singing,", "Every window open!"], document.Lines.Select(line => line.Text));
        Assert.Equal([4, 8, 12, 16], document.Lines.Select(line => Math.Round(line.Start, 1)));
        Assert.Equal(("supplied", "synced", "lrclib"), (document.Method!.Words, document.Method.Alignment, document.Method.Lyrics!.Source));
        Assert.InRange(document.Method.Lyrics.Matched, 0.9, 1);
        Assert.Contains(result.Notices, notice => notice.Contains("'Rivers' by Nobody", StringComparison.Ordinal) && notice.Contains("moved by +1.0 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lyrics_of_another_song_are_left_alone_and_told()
    {
        Library(LyricsLookupTests.Record("Rivers", "Nobody", synced: "[00:03.00] tell me what you wanted\\n[00:07.00] counting all my money"));
        var result = await RunAsync();
        Assert.Equal(("transcribed", "provider", null), (result.Document.Method!.Words, result.Document.Method.Alignment, result.Document.Method.Lyrics));
        Assert.Equal(Sung.Replace(" /", "", StringComparison.Ordinal), string.Join(' ', result.Document.Lines.Select(line => line.Text)));
        Assert.Contains(result.Notices, notice => notice.Contains("do not fit what is sung", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plain_lyrics_are_timed_like_those_a_user_gives()
    {
        Library(LyricsLookupTests.Record("Rivers", "Nobody", plain: "Walking down the river\\nWaiting for the morning\\nEvery bird is singing\\nEvery window open"));
        var without = await RunAsync();
        Assert.Equal("transcribed", without.Document.Method!.Words);
        Assert.Contains(without.Notices, notice => notice.Contains("libretto models pull whisper-base", StringComparison.Ordinal));

        var result = await RunAsync(settings => settings with { Models = [TestModels.Folder] });
        Assert.Equal(("supplied", "attention", "lrclib"), (result.Document.Method!.Words, result.Document.Method.Alignment, result.Document.Method.Lyrics!.Source));
        Assert.Equal("Walking down the river", result.Document.Lines[0].Text);
    }

    [Fact]
    public async Task A_library_in_trouble_costs_a_notice_and_not_the_song()
    {
        _library.Map(Query("get", "&duration=42"), context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        var result = await RunAsync();
        Assert.Equal("transcribed", result.Document.Method!.Words);
        Assert.Contains(result.Notices, notice => notice.Contains("it answered 503", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_looked_up_unless_asked_for_nor_with_local_nor_for_a_song_without_a_name()
    {
        Library(LyricsLookupTests.Record("Rivers", "Nobody", synced: Lrc));
        await RunAsync(request: new SongRequest(_song));
        // An engine on this machine that is asked of a network would be an error here: the model is not there.
        var local = await Assert.ThrowsAnyAsync<LibrettoException>(() => RunAsync(settings => settings with { Local = true, Engine = "whisper" }));
        Assert.Equal("model_missing", local.Code);
        var nameless = TestAudio.Tone(_folder, 42, rate: 16_000, name: "track01.wav");
        var result = await RunAsync(request: new SongRequest(nameless) { FindLyrics = true });
        Assert.Contains(result.Notices, notice => notice.Contains("Name it 'Artist - Title'", StringComparison.Ordinal));
        Assert.Empty(_library.Requests);
    }

    [Fact]
    public async Task A_files_name_tells_the_song_where_its_tags_do_not()
    {
        Library(LyricsLookupTests.Record("Rivers", "Nobody", synced: Lrc));
        var named = TestAudio.Tone(_folder, 42, rate: 16_000, name: "Nobody - Rivers (Official Video).wav");
        var result = await RunAsync(request: new SongRequest(named) { FindLyrics = true });
        Assert.Equal("supplied", result.Document.Method!.Words);
    }

    private static string Query(string what, string more = "") => $"/api/{what}?track_name=Rivers&artist_name=Nobody{more}";

    private void Library(string record) => _library.Map(Query("get", "&duration=42"), context =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(record);
    });

    /// <summary>What the engine answers: lines of four seconds, a word every three quarters of a second.</summary>
    private static string Heard(string lines, double from)
    {
        var words = lines.Split('/').SelectMany((line, number) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((word, i) => new { word, start = from + (4 * number) + (0.75 * i), end = from + (4 * number) + (0.75 * i) + 0.5 })).ToList();
        return JsonSerializer.Serialize(new { language = "english", duration = 42.0, text = string.Join(' ', words.Select(word => word.word)), words });
    }

    private async Task<SongResult> RunAsync(Func<LibrettoSettings, LibrettoSettings>? settings = null, SongRequest? request = null)
    {
        var basic = new LibrettoSettings
        {
            Cache = _folder["cache"],
            Models = [_folder["models"]],
            Hosted = [new HostedEngine("mine", _engine.Address, "large")],
            LyricsLibrary = new Uri(_library.Address, "api/"),
        };
        await using var services = new ServiceCollection().AddLibretto(settings?.Invoke(basic) ?? basic).BuildServiceProvider();
        return await services.GetRequiredService<SongPipeline>().RunAsync(
            request ?? new SongRequest(_song) { FindLyrics = true }, null, TestContext.Current.CancellationToken);
    }
}
