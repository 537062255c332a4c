using Libretto.Models;
using Libretto.Server.Jobs.Work;
using Libretto.Server.Tests.Support;
using Libretto.Settings;

namespace Libretto.Server.Tests.Jobs.Work;

/// <summary>A server without any model, and a hub that has them: the first job waits for the download and says so.</summary>
public sealed class FirstModelTests : IAsyncLifetime
{
    private const string Decoder = "onnx/decoder_model_merged_q8.onnx";

    private readonly ScratchFolder _folder = new();
    private ModelHub _hub = null!;
    private RunningServer _server = null!;

    private JobClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _hub = await ModelHub.StartAsync();
        _server = await RunningServer.StartAsync(
            new ServerOptions { DataFolder = _folder["data"] },
            engine: "auto",
            new LibrettoSettings { Cache = _folder["cache"], Hub = new Uri(_hub.Endpoint + "/") },
            isFresh: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_first_job_says_how_far_the_model_is_and_readiness_says_that_it_will_come()
    {
        _hub.Offer(ModelHub.Whisper, Repository.SharedFile("models", "whisper-base"));
        Assert.Equal(("degraded", "none for words yet; the first song fetches whisper-base"), await ModelsPartAsync());

        // The hub stops half-way until the job has told of it.
        var told = new TaskCompletionSource();
        _hub.Server.Trouble(ModelHub.Store(ModelHub.Whisper, Decoder), async (context, content) =>
        {
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            await told.Task;
            await context.Response.Body.WriteAsync(content.AsMemory(content.Length / 2));
        });
        const string Half = "fetching the model whisper-base, 6"; // and a digit more
        var said = new List<string>();
        var status = "";
        await foreach (var (_, _, job) in Client.WatchAsync(await Client.PostAsync(TestAudio.Silence(_folder, 1))))
        {
            said.Add(job.GetProperty("status_message").GetString() ?? "");
            status = job.Text("status");
            if (said[^1].StartsWith(Half, StringComparison.Ordinal))
                told.TrySetResult();
        }

        Assert.Equal("completed", status);
        Assert.Contains(said, message => message.StartsWith(Half, StringComparison.Ordinal) && message.EndsWith(" %", StringComparison.Ordinal));
        Assert.Equal(("healthy", "whisper-base"), await ModelsPartAsync());
    }

    [Fact]
    public async Task Readiness_says_that_only_english_will_be_understood_where_the_hub_is_away_and_asks_it_once()
    {
        _hub.Server.MapAll(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        const string Says = "whisper-base cannot be fetched now; songs are taken for English, by moonshine-tiny";
        for (var i = 0; i < 3; i++)
            Assert.Equal(("degraded", Says), await ModelsPartAsync());
        Assert.Single(_hub.Server.Requests);
    }

    [Theory]
    [InlineData(ModelStep.Waiting, 0, null, "waiting for the model m, which another worker fetches")]
    [InlineData(ModelStep.Downloading, 40, 100L, "fetching the model m, 40 %")]
    [InlineData(ModelStep.Downloading, 40, null, "fetching the model m")]
    [InlineData(ModelStep.Preparing, 100, 100L, "preparing the model m")]
    public void A_models_progress_is_put_in_words(ModelStep step, long bytes, long? total, string words) =>
        Assert.Equal(words, FetchingText.Of(new ModelProgress("m", step, bytes, total)));

    private async Task<(string Status, string Message)> ModelsPartAsync()
    {
        var part = (await Client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("models");
        return (part.Text("status"), part.Text("message"));
    }
}
