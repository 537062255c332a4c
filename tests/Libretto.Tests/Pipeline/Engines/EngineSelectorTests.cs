using Libretto.Audio;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Pipeline;
using Libretto.Pipeline.Engines;
using Libretto.Settings;
using Libretto.Storage;
using Libretto.Tests.Support;
using Libretto.Tools;
using Libretto.Transcribe.Hosted;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libretto.Tests.Pipeline.Engines;

/// <summary>The choice alone: the folders have the files that tell models apart, and nothing is loaded.</summary>
public sealed class EngineSelectorTests : IDisposable
{
    private static readonly LibrettoSettings s_nothingFetched = new() { Fetch = LibrettoSettings.FetchSmall };
    private static readonly Fetching s_quiet = new(_ => { }, new SynchronousProgress<ModelProgress>(_ => { }));

    private readonly ScratchFolder _folder = new();
    private readonly OnnxSessions _sessions = new();
    private readonly HttpClient _noNetwork = new(new NoNetwork());

    public void Dispose()
    {
        _noNetwork.Dispose();
        _sessions.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Without_any_wish_moonshine_is_chosen_and_english_assumed_aloud()
    {
        Install("moonshine-tiny");
        var choice = await SelectAsync();
        Assert.Equal(("moonshine/tiny", null), (choice.Transcriber.Name, choice.Language));
        Assert.Contains("English is assumed", choice.Notice, StringComparison.Ordinal);
        Assert.Contains("libretto models pull whisper-base", choice.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task English_that_is_asked_for_is_not_assumed()
    {
        Install("moonshine-tiny");
        var choice = await SelectAsync(language: "English");
        Assert.Equal("en", choice.Language);
        Assert.DoesNotContain("assumed", choice.Notice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", null, "es", "model_missing")]
    [InlineData("whisper", null, null, "model_missing")]
    [InlineData("moonshine", null, "es", "language_unsupported")]
    [InlineData("auto", "moonshine-tiny", "es", "language_unsupported")]
    [InlineData("whisper", "moonshine-tiny", null, "model_unfit")]
    [InlineData("auto", "spleeter-2stems", null, "model_unfit")]
    [InlineData("auto", "nonesuch", null, "model_unknown")]
    [InlineData("kaldi", null, null, "engine_unknown")]
    [InlineData("auto", null, "klingon", "language_unknown")]
    public async Task What_does_not_fit_is_refused(string engine, string? model, string? language, string code)
    {
        Install("moonshine-tiny");
        var error = await Assert.ThrowsAnyAsync<LibrettoException>(() => SelectAsync(engine, model, language));
        Assert.Equal(code, error.Code);
        if (code is "model_missing" or "language_unsupported")
            Assert.Contains("libretto models pull whisper-base", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "whisper/whisper-small")]
    [InlineData("whisper-tiny", "whisper/whisper-tiny")]
    [InlineData("moonshine-tiny", "moonshine/tiny")]
    public async Task The_best_whisper_model_installed_is_taken_unless_another_is_asked_for(string? model, string engine)
    {
        foreach (var name in new[] { "moonshine-tiny", "whisper-tiny", "whisper-small" })
            Install(name);
        Assert.Equal(engine, (await SelectAsync(model: model)).Transcriber.Name);
    }

    [Fact]
    public async Task A_folder_is_a_model_too()
    {
        Install("whisper-of-mine");
        var choice = await SelectAsync(model: _folder["whisper-of-mine"], language: "Spanish");
        Assert.Equal(("whisper/whisper-of-mine", "es"), (choice.Transcriber.Name, choice.Language));
    }

    [Fact]
    public async Task The_same_model_is_made_ready_once()
    {
        Install("moonshine-tiny");
        var selector = Selector();
        var first = await selector.SelectAsync(new SongRequest("a"), s_quiet, TestContext.Current.CancellationToken);
        var second = await selector.SelectAsync(new SongRequest("b"), s_quiet, TestContext.Current.CancellationToken);
        Assert.Same(first.Transcriber, second.Transcriber);
    }

    private void Install(string name)
    {
        var folder = Directory.CreateDirectory(_folder[name]).FullName;
        foreach (var file in name.StartsWith("whisper", StringComparison.Ordinal)
            ? new[] { "generation_config.json", "config.json", "onnx/encoder_model.onnx" }
            : ["tokens.txt", "encoder_model.onnx"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.WriteAllText(Path.Combine(folder, file), "");
        }
    }

    [Fact]
    public async Task Engines_on_the_network_that_are_configured_come_first_in_their_order_and_this_machine_last()
    {
        Install("moonshine-tiny");
        Assert.Equal(["groq/whisper-large-v3-turbo", "mine/large", "moonshine/tiny"], await OrderAsync(new SongRequest("a"), Hosted()));
        // Spanish: no model of this machine knows it.
        Assert.Equal(["groq/whisper-large-v3-turbo", "mine/large"], await OrderAsync(new SongRequest("a") { Language = "es" }, Hosted()));
        Install("whisper-small");
        Assert.Equal(["groq/whisper-large-v3-turbo", "mine/large", "whisper/whisper-small"], await OrderAsync(new SongRequest("a") { Language = "es" }, Hosted()));
    }

    [Fact]
    public async Task What_only_this_machine_can_do_is_not_asked_elsewhere()
    {
        Install("moonshine-tiny");
        Install("whisper-small");
        foreach (var request in new[]
        {
            new SongRequest("a") { BeamSize = 5 }, new SongRequest("a") { Model = "whisper-small" }, new SongRequest("a") { Engine = "whisper" },
        })
            Assert.Equal(["whisper/whisper-small"], await OrderAsync(request, Hosted()));
        Assert.Equal(["whisper/whisper-small"], await OrderAsync(new SongRequest("a"), Hosted() with { Local = true }));
    }

    [Fact]
    public async Task An_engine_asked_for_by_name_stands_alone()
    {
        Install("moonshine-tiny");
        Assert.Equal(["mine/large"], await OrderAsync(new SongRequest("a") { Engine = "Mine" }, Hosted()));
        Assert.Equal(["groq/whisper-large-v3"], await OrderAsync(new SongRequest("a") { Engine = "groq", Model = "whisper-large-v3" }, Hosted()));
        // Translating takes another model there.
        Assert.Equal(["groq/whisper-large-v3"], await OrderAsync(new SongRequest("a") { Engine = "groq", Translate = true }, Hosted()));
    }

    [Theory]
    [InlineData("openai", false, "hosted_key_missing", "OPENAI_API_KEY")]
    [InlineData("groq", true, "engine_not_local", "--local")]
    [InlineData("kaldi", false, "engine_unknown", "mine")]
    public async Task An_engine_that_cannot_be_asked_is_told(string engine, bool local, string code, string says)
    {
        var error = await Assert.ThrowsAnyAsync<LibrettoException>(() => OrderAsync(new SongRequest("a") { Engine = engine }, Hosted() with { Local = local }));
        Assert.Equal(code, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_the_song_leaves_the_machine_is_said_with_the_way_to_keep_it_here()
    {
        var choice = await Selector(Hosted()).SelectAsync(new SongRequest("a"), s_quiet, TestContext.Current.CancellationToken);
        Assert.Contains("GROQ_API_KEY is set, so the song goes to api.groq.com. '--local' keeps it here.", choice.Notice, StringComparison.Ordinal);
    }

    private static LibrettoSettings Hosted() => s_nothingFetched with
    {
        Hosted = [HostedEngine.Groq with { Key = "k" }, HostedEngine.OpenAi, new HostedEngine("mine", new Uri("http://10.0.0.5/v1/"), "large")],
    };

    private async Task<List<string>> OrderAsync(SongRequest request, LibrettoSettings settings)
    {
        var first = await Selector(settings).SelectAsync(request, s_quiet, TestContext.Current.CancellationToken);
        var order = new List<string> { first.Transcriber.Name };
        foreach (var other in first.Others)
            order.Add((await other(TestContext.Current.CancellationToken)).Transcriber.Name);
        return order;
    }

    private Task<EngineChoice> SelectAsync(string? engine = null, string? model = null, string? language = null) => Selector().SelectAsync(
        new SongRequest("song.ogg") { Engine = engine, Model = model, Language = language },
        s_quiet, TestContext.Current.CancellationToken);

    private EngineSelector Selector(LibrettoSettings? settings = null) => new(
        new ModelStore(new ModelStoreOptions { CacheFolder = _folder.Path }, _noNetwork),
        new SpeechEngines(_sessions, NullLoggerFactory.Instance),
        new HostedEngines(
            new Factory(_noNetwork), new AudioEncoder(new ToolRunner()), settings ?? s_nothingFetched, () => new TemporaryFolder(_folder["work"]),
            _folder["hosted"], TimeProvider.System, NullLoggerFactory.Instance,
            new HostedStatus(TimeProvider.System, NullLogger<HostedStatus>.Instance)),
        settings ?? s_nothingFetched);

    private sealed class Factory(HttpClient client) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => client;
    }

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The choice must not need the network.");
    }
}
