using System.Text;
using Libretto.Server.Tests.Support;
using Libretto.Settings;
using Libretto.Tests.Transcribe.Hosted;

namespace Libretto.Server.Tests.Jobs;

/// <summary>Jobs whose engine is hosted: a server on the loopback that speaks Groq's protocol, with real engines behind it.</summary>
public sealed class HostedJobsTests : IAsyncLifetime
{
    private const string Key = "gsk_4nEverToBeSeen7391";
    private const string Groq = "groq/whisper-large-v3-turbo";

    private readonly ScratchFolder _folder = new();
    private SpeechServer _groq = null!;
    private RunningServer _server = null!;

    private JobClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _groq = await SpeechServer.StartAsync();
        _server = await RunningServer.StartAsync(
            new ServerOptions { DataFolder = _folder["data"], RetryDelays = [], ScanEvery = TimeSpan.FromMilliseconds(500) },
            engine: "auto",
            settings: new LibrettoSettings
            {
                Cache = _folder["cache"],
                Hosted = [HostedEngine.Groq with { Address = _groq.Address, Key = Key }],
                LyricsLibrary = new Uri("http://127.0.0.1:9/api/"),
            });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _groq.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_job_says_which_engine_did_it()
    {
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        var job = await FinishAsync("""{"lyrics":"auto","artist":"Nobody","title":"Tone"}""");
        Assert.Equal(("completed", Groq), (job.Text("status"), job.Text("processing_method")));
        var document = (await Client.GetAsync($"/api/jobs/{job.Text("id")}/lyrics.json")).Json;
        Assert.Equal("provider", document.GetProperty("method").Text("alignment"));
        Assert.StartsWith("And so,", document.GetProperty("lines")[0].Text("text"), StringComparison.Ordinal);
        AssertTheKeyIsNowhere();
    }

    [Fact]
    public async Task A_job_says_why_another_engine_did_it()
    {
        Repository.SharedFile("models", "whisper-base");
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, Answers.Error("invalid_api_key", $"Invalid API Key {Key}"));
        var job = await FinishAsync("""{"language":"en"}""");
        Assert.Equal("completed", job.Text("status"));
        Assert.StartsWith("whisper/whisper-base (" + Groq, job.Text("processing_method"), StringComparison.Ordinal);
        Assert.Contains("refused the key in GROQ_API_KEY", job.Text("processing_method"), StringComparison.Ordinal);
        AssertTheKeyIsNowhere();
    }

    [Fact]
    public async Task A_job_that_fails_says_what_to_do()
    {
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, Answers.Error("invalid_api_key", $"Invalid API Key {Key}"));
        var job = await FinishAsync("""{"engine":"groq"}""");
        Assert.Equal(("failed", "hosted_key_refused"), (job.Text("status"), job.Text("error_code")));
        Assert.Contains("GROQ_API_KEY", job.Text("error_message"), StringComparison.Ordinal);
        AssertTheKeyIsNowhere();
    }

    [Fact]
    public async Task A_wait_for_the_keys_limit_is_told_when_it_begins()
    {
        _groq.Once(429, Answers.Error("rate_limit_exceeded", "Rate limit reached"), ("retry-after", "2"));
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        var told = new List<string>();
        await foreach (var (_, _, job) in Client.WatchAsync(await Client.PostAsync(TestAudio.Tone(_folder, 11, rate: 16_000), "{}")))
            told.AddRange(job.GetProperty("progress_log").EnumerateArray().Select(step => $"{step.Text("step")} {step.Text("status")}: {step.Text("message")}"));
        Assert.Contains("transcribe running: waiting 2 s for groq's limit", told);
        Assert.Contains("transcribe completed: listening", told);
    }

    private async Task<System.Text.Json.JsonElement> FinishAsync(string options) =>
        await Client.FinishAsync(await Client.PostAsync(TestAudio.Tone(_folder, 11, rate: 16_000), options));

    /// <summary>Looks through the database, its journal, the store and every other file of the server.</summary>
    private void AssertTheKeyIsNowhere()
    {
        var key = Encoding.ASCII.GetBytes(Key);
        var files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith(".db", StringComparison.Ordinal));
        // The lock of the server's folder opens for nobody, and holds nothing.
        foreach (var file in files.Where(file => Path.GetFileName(file) != "lock"))
            Assert.True(Read(file).AsSpan().IndexOf(key) < 0, file);
    }

    private static byte[] Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return []; // the job's own folder, which goes with it
        }
    }
}
