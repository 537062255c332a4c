using System.Text.Json;
using Libretto.Cli.Tests.Support;
using Libretto.Models;
using Microsoft.AspNetCore.Http;

namespace Libretto.Cli.Tests;

/// <summary>The first song on a machine that has no model yet, with a hub that gives them, or doesn't.</summary>
public sealed class FirstRunTests : IAsyncLifetime
{
    private const string Decoder = "onnx/decoder_model_merged_fp16.onnx";
    private const string Serves = "moonshine-tiny serves";

    private readonly LibrettoProgram _libretto = new();
    private ModelHub _hub = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Weights => ModelHub.Store(ModelHub.Whisper, Decoder);

    public async ValueTask InitializeAsync()
    {
        _hub = await ModelHub.StartAsync();
        _libretto["LIBRETTO_FETCH"] = "default";
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["cache"];
        _libretto["HF_ENDPOINT"] = _hub.Endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _libretto.Dispose();
    }

    [Fact]
    public async Task A_spanish_song_is_understood_in_spanish_and_the_model_is_fetched_once()
    {
        _hub.Offer(ModelHub.Whisper, Repository.SharedFile("models", "whisper-base"));
        var run = await _libretto.RunAsync(Repository.File("samples", "luna-clara.ogg"), "--stdout", "json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Fetching whisper-base once (150 MB): no speech model is installed yet.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("fetching whisper-base:", run.Errors, StringComparison.Ordinal);

        var song = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("es", song.GetProperty("language").GetString());
        using var truth = JsonDocument.Parse(File.ReadAllText(Repository.File("samples", "luna-clara.truth.json")));
        var heard = WordsOf(song).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var sung = WordsOf(truth.RootElement).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        Assert.InRange(sung.Count(heard.Contains), 0.8 * sung.Count, sung.Count);

        var asked = _hub.Server.Requests.Count;
        var second = await _libretto.RunAsync(Sounds.Silence(_libretto.Folder["a.wav"], 1), "--stdout", "txt");
        Assert.Equal((0, asked), (second.ExitCode, _hub.Server.Requests.Count));
        Assert.Contains("whisper-base: the best model installed.", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_first_songs_at_once_share_one_download()
    {
        OfferWhisper();
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        var runs = await Task.WhenAll(_libretto.RunAsync("a.wav", "--stdout", "txt"), _libretto.RunAsync("a.wav", "--stdout", "txt"));
        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
        Assert.Equal(1, _hub.Fetches(ModelHub.Whisper, Decoder));
    }

    [Fact]
    public async Task A_download_that_breaks_goes_on_where_it_was()
    {
        OfferWhisper();
        BreakOff();
        var run = await SongAsync();
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(Serves, run.Errors, StringComparison.Ordinal);
        Assert.Contains(_hub.Server.Requests, request => request.StartsWith($"GET {Weights} bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hub_that_dies_costs_nothing_that_came_before()
    {
        OfferWhisper();
        InstallMoonshine();
        BreakOff();
        for (var i = 0; i < 4; i++)
            _hub.Server.Refuse(Weights, StatusCodes.Status503ServiceUnavailable);
        await AssertMoonshineServesAsync("answered 503");
        while (_hub.Server.HasTrouble(Weights))
            await SongAsync();

        var run = await SongAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(Serves, run.Errors, StringComparison.Ordinal);
        Assert.Contains(_hub.Server.Requests, request => request.StartsWith($"GET {Weights} bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hub_that_is_not_there_leaves_the_song_to_moonshine()
    {
        InstallMoonshine();
        _libretto["HF_ENDPOINT"] = "http://127.0.0.1:9/"; // refuses at once
        await AssertMoonshineServesAsync("127.0.0.1");
    }

    [Fact]
    public async Task A_hub_that_hangs_is_left_within_seconds_and_not_asked_again()
    {
        InstallMoonshine();
        _hub.Server.MapAll(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await AssertMoonshineServesAsync("did not answer in time");
        await AssertMoonshineServesAsync("could not be reached 1 min ago");
        Assert.Single(_hub.Server.Requests);
    }

    [Fact]
    public async Task A_page_to_sign_in_at_is_not_taken_for_the_hub()
    {
        InstallMoonshine();
        _hub.Server.MapAll(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Request.Method == "GET" ? context.Response.WriteAsync("<html>Please sign in</html>") : Task.CompletedTask;
        });
        await AssertMoonshineServesAsync("does not answer like the Hugging Face hub");
    }

    [Fact]
    public async Task Bytes_that_are_not_those_declared_are_never_used()
    {
        InstallMoonshine();
        _hub.Offer(ModelHub.Whisper, Path.Combine(TestModels.Small, TestModels.Whisper), declare: new string('a', 64));
        await AssertMoonshineServesAsync("checksum");
        Assert.False(Directory.Exists(_libretto.Folder["cache/models/whisper-base"]));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_leaves_the_song_to_what_is_here()
    {
        OfferWhisper();
        InstallMoonshine();
        File.WriteAllText(_libretto.Folder["file"], "in the folder's place");
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["file/cache"];
        await AssertMoonshineServesAsync("cannot be written");
    }

    [Fact]
    public async Task A_disk_that_fills_up_leaves_the_song_to_what_is_here()
    {
        OfferWhisper();
        InstallMoonshine();
        using var disk = TinyDisk.Mount(_libretto.Folder["cache/models"], 150_000);
        await AssertMoonshineServesAsync("cannot be written");
    }

    [Fact]
    public async Task A_spanish_song_with_moonshine_only_is_said_to_be_in_doubt_and_what_helps()
    {
        InstallMoonshine();
        _libretto["LIBRETTO_FETCH"] = "small";
        var run = await _libretto.RunAsync(Repository.File("samples", "luna-clara.ogg"), "--stdout", "json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("This engine knows English only", run.Errors, StringComparison.Ordinal);
        Assert.Contains("'libretto models pull whisper-base'", run.Errors, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(run.Output).RootElement.GetProperty("method").GetProperty("unsure").GetBoolean());
    }

    [Fact]
    public async Task What_the_tags_say_of_the_language_is_said_before_anything_is_heard()
    {
        InstallMoonshine();
        _libretto["LIBRETTO_FETCH"] = "small";
        var song = _libretto.Folder["song.ogg"];
        var sample = Repository.File("samples", "luna-clara.ogg");
        await _libretto.RunAsync("ffmpeg", ["-v", "error", "-i", sample, "-t", "3", "-c", "copy", "-metadata:s:a:0", "language=spa", song]);
        var run = await _libretto.RunAsync(song, "--stdout", "txt");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("probably not in English: its tags say that it is in Spanish", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_lyrics_bring_the_model_that_parts_the_voice_too()
    {
        OfferWhisper();
        _hub.Offer(ModelHub.Spleeter, Path.Combine(TestModels.Small, TestModels.Spleeter));
        await File.WriteAllTextAsync(_libretto.Folder["words.txt"], "Luna clara", Token);
        var run = await _libretto.RunAsync(
            Repository.File("samples", "luna-clara.ogg"), "--lyrics", "words.txt", "--language", "es", "--stdout", "json");
        Assert.Contains("Fetching spleeter-2stems once (40 MB)", run.Errors, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_libretto.Folder["cache/models/spleeter-2stems"]));
    }

    [Fact]
    public async Task Doctor_says_what_a_song_would_get_and_fetches_nothing()
    {
        OfferWhisper();
        var ready = await _libretto.RunAsync("doctor");
        Assert.Contains("A song now is recognised by whisper-base, fetched at the first song (150 MB, once): any language", ready.Output, StringComparison.Ordinal);
        Assert.Matches(@"A song of three minutes takes about \d+ s on \d+ cores", ready.Output);
        Assert.DoesNotContain(_hub.Server.Requests, request => request.StartsWith("GET", StringComparison.Ordinal));

        _libretto["HF_ENDPOINT"] = "http://127.0.0.1:9/";
        var alone = await _libretto.RunAsync("doctor");
        Assert.Contains("A song now is recognised by moonshine-tiny", alone.Output, StringComparison.Ordinal);
        Assert.Contains("The better default, whisper-base, cannot be fetched now: ", alone.Output, StringComparison.Ordinal);
        Assert.Contains("Better: libretto models pull whisper-base (150 MB)", alone.Output, StringComparison.Ordinal);
    }

    /// <summary>A small network in the published layout: it is fetched, made into 8-bit blocks and listens like the real one, and understands nothing.</summary>
    private void OfferWhisper() => _hub.Offer(ModelHub.Whisper, Path.Combine(TestModels.Small, TestModels.Whisper));

    /// <summary>Once, half of the network comes, and when it is kept the hub hangs up.</summary>
    private void BreakOff() => _hub.Server.Trouble(Weights, async (context, content) =>
    {
        var half = content.Length / 2;
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content.AsMemory(0, half));
        await context.Response.Body.FlushAsync();
        while (!Directory.EnumerateFiles(_libretto.Folder["cache"], "*", SearchOption.AllDirectories)
            .Any(file => new FileInfo(file) is { Exists: true, Length: var length } && length == half))
        {
            await Task.Delay(20, context.RequestAborted);
        }
        context.Abort();
    });

    /// <summary>The small model of the user's own cache, and nothing else of it.</summary>
    private void InstallMoonshine()
    {
        var folder = Path.Combine(ModelFolders.DefaultCache(Environment.GetEnvironmentVariable), "moonshine-tiny");
        Assert.SkipUnless(Directory.Exists(folder), "moonshine-tiny could not be fetched");
        Directory.CreateDirectory(_libretto.Folder["here"]);
        Directory.CreateSymbolicLink(_libretto.Folder["here/moonshine-tiny"], folder);
        _libretto["LIBRETTO_MODELS"] = _libretto.Folder["here"];
    }

    private Task<Outcome> SongAsync() => _libretto.RunAsync(Sounds.Silence(_libretto.Folder["a.wav"], 1), "--stdout", "txt");

    private async Task AssertMoonshineServesAsync(string reason)
    {
        var run = await SongAsync();
        Assert.Equal(0, run.ExitCode);
        var notice = run.Errors.Split('\n').Single(line => line.Contains(Serves, StringComparison.Ordinal));
        Assert.Contains("whisper-base could not be fetched (", notice, StringComparison.Ordinal);
        Assert.Contains(reason, notice, StringComparison.Ordinal);
        Assert.Contains("libretto models pull whisper-base", notice, StringComparison.Ordinal);
    }

    private static IEnumerable<string> WordsOf(JsonElement document) =>
        document.GetProperty("lines").EnumerateArray().SelectMany(line => line.GetProperty("words").EnumerateArray())
            .Select(word => word.GetProperty("text").GetString()!.Trim(' ', ',', '.', '¿', '?', '¡', '!'));
}
