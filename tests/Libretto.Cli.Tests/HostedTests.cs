using System.Text.Json;
using Libretto.Cli.Tests.Support;
using Libretto.Tests.Transcribe.Hosted;

namespace Libretto.Cli.Tests;

/// <summary>The real program with a hosted engine, which is a server on the loopback.</summary>
public sealed class HostedTests : IAsyncLifetime
{
    private const string Key = "gsk_4nEverToBeSeen7391";

    private readonly LibrettoProgram _libretto = new();
    private SpeechServer _groq = null!;

    public async ValueTask InitializeAsync()
    {
        _groq = await SpeechServer.StartAsync();
        _libretto["LIBRETTO_HOSTED"] = $$$"""{"groq":{"url":"{{{_groq.Address}}}"}}""";
        _libretto["GROQ_API_KEY"] = Key;
    }

    public async ValueTask DisposeAsync()
    {
        await _groq.DisposeAsync();
        _libretto.Dispose();
    }

    [Fact]
    public async Task With_a_key_the_song_is_recognised_there()
    {
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        Sounds.Silence(_libretto.Folder["song.wav"], 11);
        var run = await _libretto.RunAsync("song.wav", "--language", "English");

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        var request = Assert.Single(_groq.Requests);
        Assert.Equal(("Bearer " + Key, "whisper-large-v3-turbo", "en"), (request.Authorization, request.Field("model"), request.Field("language")));
        Assert.Equal("fLaC"u8.ToArray(), request.File[..4]);
        var json = await File.ReadAllTextAsync(_libretto.Folder["song.json"], TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(json);
        var method = document.RootElement.GetProperty("method");
        Assert.Equal(("groq/whisper-large-v3-turbo", "provider"), (method.GetProperty("engine").GetString(), method.GetProperty("alignment").GetString()));
        Assert.Contains("GROQ_API_KEY is set", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, run.Errors + json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_it_fails_moonshine_takes_over()
    {
        // At once: a failure that is tried again may take longer than the song is waited for.
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 400, "{\"error\":{\"message\":\"could not process file\"}}");
        var run = await _libretto.RunAsync(Repository.File("samples", "morning-light.ogg"), "--out", "out", "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Single(_groq.Requests);
        using var document = JsonDocument.Parse(File.ReadAllText(_libretto.Folder["out/morning-light.json"]));
        var method = document.RootElement.GetProperty("method");
        // A Whisper model of the user's would be taken before Moonshine.
        Assert.Matches("^(moonshine|whisper)/", method.GetProperty("engine").GetString());
        Assert.Contains("groq refused the request (400: could not process file)", method.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("groq refused the request", run.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, document.RootElement.GetProperty("lines").GetArrayLength());
    }

    [Fact]
    public async Task That_it_is_asked_again_is_told_when_the_wait_begins()
    {
        _groq.Once(500, "");
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        Sounds.Silence(_libretto.Folder["song.wav"], 11);
        var run = await _libretto.RunAsync("song.wav", "--engine", "groq");
        Assert.Equal((0, 2), (run.ExitCode, _groq.Requests.Count));
        Assert.Contains("asking groq again in 1 s", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_for_by_name_it_is_not_replaced_and_the_message_names_the_variable()
    {
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, $$$"""{"error":{"message":"bad key {{{Key}}}","code":"invalid_api_key"}}""");
        Sounds.Silence(_libretto.Folder["song.wav"], 2);
        var run = await _libretto.RunAsync("song.wav", "--engine", "groq", "--progress", "json");
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("hosted_key_refused", run.Errors, StringComparison.Ordinal);
        Assert.Contains("GROQ_API_KEY", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, run.Errors + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lyrics_are_looked_up_when_asked_for_and_several_songs_may_ask()
    {
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        Sounds.Silence(_libretto.Folder["Nobody - One.wav"], 11);
        Sounds.Silence(_libretto.Folder["Nobody - Two.wav"], 11);
        _libretto["LIBRETTO_LYRICS_LIBRARY"] = "http://127.0.0.1:9/api";
        var run = await _libretto.RunAsync("Nobody - One.wav", "Nobody - Two.wav", "--lyrics", "auto", "--format", "txt");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Lyrics cannot be looked up at 127.0.0.1", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["Nobody - One.txt", "Nobody - One.wav", "Nobody - Two.txt", "Nobody - Two.wav"], _libretto.Files);
    }

    [Fact]
    public async Task Without_a_key_the_engine_asked_for_says_which_variable_to_set()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        var run = await _libretto.RunAsync("song.wav", "--engine", "openai");
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("Set OPENAI_API_KEY", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_local_nothing_is_sent()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        Assert.Equal(0, (await _libretto.RunAsync("song.wav", "--local")).ExitCode);
        var refused = await _libretto.RunAsync("song.wav", "--local", "--engine", "groq", "--force");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("lets no song leave this machine", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(_groq.Requests);
    }
}
