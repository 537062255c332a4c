using System.Text;
using Libretto.Server.Tests.Support;
using Libretto.Settings;
using Libretto.Tests.Transcribe.Hosted;

namespace Libretto.Server.Tests.Jobs.Work;

/// <summary>Jobs whose engine is hosted: a server on the loopback that speaks Groq's protocol, with real engines behind it.</summary>
public sealed class HostedJobsTests : IAsyncLifetime
{
    private const string Key = "gsk_4nEverToBeSeen7391";
    private const string Groq = "groq/whisper-large-v3-turbo";

    /// <summary>Ways to fail and what the job's user gets; each an engine of its own, lest one rest because of another.</summary>
    private static readonly (string Engine, int Status, string Body, string Code, string Says)[] s_failures =
    [
        ("bad-request", 400, Answers.Error("invalid_request", "could not process file"), "hosted_request_refused", "could not process file"),
        ("bad-key", 401, Answers.Error("invalid_api_key", "Invalid API Key"), "hosted_key_refused", "GROQ_API_KEY"),
        ("too-large", 413, Answers.Error("request_too_large", "Request Entity Too Large"), "hosted_too_large", "max-megabytes"),
        ("too-long", 413, Answers.Error("rate_limit_exceeded", "on seconds of audio per hour (ASPH)"), "hosted_quota", "longer than too-long allows"),
        ("limited", 429, Answers.Error("rate_limit_exceeded", "Rate limit reached"), "hosted_limit", "asked again in"),
        ("full", 498, Answers.Error("capacity_exceeded", "Flex tier capacity exceeded"), "hosted_unavailable", "(498"),
        ("broken", 500, "<html>oops</html>", "hosted_unavailable", "(500)"),
        ("away", 503, "", "hosted_unavailable", "(503)"),
        ("nonsense", 200, "<html>Sign in to the network</html>", "hosted_answer", "nonsense"),
        ("cut", 0, "", "hosted_unreachable", "the connection was cut"),
        ("insecure", 0, "", "hosted_insecure", "nothing was sent"),
    ];

    /// <summary>Where answers hold their words, and how many there are.</summary>
    private static readonly (string Engine, string Body, int Words)[] s_words =
    [
        ("top-level", Answers.WordsAtTheTop, 7), ("in-segments", Answers.WordsInSegments, 2), ("none", Answers.NoWords, 5),
        ("out-of-order", Answers.BrokenTimes, 6), ("empty", Answers.Empty, 0),
    ];

    private readonly ScratchFolder _folder = new();
    private SpeechServer _groq = null!;
    private SpeechServer _insecure = null!;
    private RunningServer _server = null!;

    private JobClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        (_groq, _insecure) = (await SpeechServer.StartAsync(), await SpeechServer.StartAsync(tls: true));
        var groq = HostedEngine.Groq with { Address = _groq.Address, Key = Key };
        var named = s_failures.Select(failure => failure.Engine).Concat(s_words.Select(words => words.Engine)).Select(name => groq with
        {
            Name = name, Model = name, IsAutomatic = false, Address = name == "insecure" ? _insecure.Address : groq.Address,
        });
        _server = await RunningServer.StartAsync(
            new ServerOptions { DataFolder = _folder["data"], RetryDelays = [], ScanEvery = TimeSpan.FromMilliseconds(500), IoWorkers = s_failures.Length },
            engine: "auto",
            settings: new LibrettoSettings
            {
                Cache = _folder["cache"],
                Hosted = [groq, .. named],
                LyricsLibrary = new Uri("http://127.0.0.1:9/api/"),
            });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _groq.DisposeAsync();
        await _insecure.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_job_says_which_engine_did_it()
    {
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        var job = await FinishAsync("""{"engine":"groq","lyrics":"auto","artist":"Nobody","title":"Tone"}""");
        Assert.Equal(("completed", Groq), (job.Text("status"), job.Text("processing_method")));
        Assert.Equal(10 * 0.04 / 3600, job.GetProperty("cost").GetDouble(), 0.00002);
        Assert.Contains(", $0.0001", (await Client.GetAsync($"/api/jobs/{job.Text("id")}/steps")).Text, StringComparison.Ordinal);
        Assert.Equal("healthy", (await Client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("engines").Text("status"));
        var document = (await Client.GetAsync($"/api/jobs/{job.Text("id")}/lyrics.json")).Json;
        Assert.Equal("provider", document.GetProperty("method").Text("alignment"));
        Assert.StartsWith("And so,", document.GetProperty("lines")[0].Text("text"), StringComparison.Ordinal);
        AssertTheKeyIsNowhere();
    }

    [Fact]
    public async Task A_job_says_why_another_engine_did_it()
    {
        _groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, Answers.Error("invalid_api_key", $"Invalid API Key {Key}"));
        var job = await FinishAsync("""{"language":"en"}""");
        Assert.Equal("completed", job.Text("status"));
        var health = (await Client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("engines");
        Assert.Equal(("degraded", "groq takes no songs (hosted_key_refused)"), (health.Text("status"), health.Text("message")));
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
        await foreach (var (_, _, job) in Client.WatchAsync(await Client.PostAsync(TestAudio.Tone(_folder, 11, rate: 16_000), """{"engine":"groq"}""")))
            told.AddRange(job.GetProperty("progress_log").EnumerateArray().Select(step => $"{step.Text("step")} {step.Text("status")}: {step.Text("message")}"));
        Assert.Contains("transcribe running: waiting 2 s for groq's limit", told);
        Assert.Contains("transcribe completed: transcribing", told);
    }

    [Fact]
    public async Task Each_way_an_engine_fails_ends_its_job_in_time_and_the_steps_say_why()
    {
        _groq.Answer = (context, request) =>
        {
            var (_, status, body, _, _) = s_failures.Single(failure => failure.Engine == request.Field("model"));
            if (status == 429)
                context.Response.Headers.RetryAfter = "300";
            if (status != 0)
                return SpeechServer.JsonAsync(context, status, body);
            context.Abort();
            return Task.CompletedTask;
        };

        var jobs = await Task.WhenAll(s_failures.Select(failure => FinishAsync($$"""{"engine":"{{failure.Engine}}"}""")));

        Assert.All(s_failures.Zip(jobs), pair =>
        {
            var (failure, job) = pair;
            Assert.True(("failed", failure.Code) == (job.Text("status"), job.Text("error_code")), $"{failure.Engine}: {job.GetRawText()}");
            Assert.Contains(failure.Says, job.Text("error_message"), StringComparison.Ordinal);
            var step = job.GetProperty("progress_log").EnumerateArray().Last();
            Assert.Equal(("transcribe", "failed", job.Text("error_message")), (step.Text("step"), step.Text("status"), step.Text("message")));
            // Two retries take four seconds; no failure takes longer.
            Assert.InRange(step.Number("duration"), 0, 40);
        });
        AssertTheKeyIsNowhere();
    }

    [Fact]
    public async Task Words_are_found_wherever_the_answer_has_them()
    {
        _groq.Answer = (context, request) => SpeechServer.JsonAsync(context, 200, s_words.Single(words => words.Engine == request.Field("model")).Body);

        foreach (var (engine, _, count) in s_words)
        {
            var job = await FinishAsync($$"""{"engine":"{{engine}}"}""");
            Assert.True(("completed", $"{engine}/{engine}") == (job.Text("status"), job.Text("processing_method")), job.GetRawText());
            Assert.Contains(job.GetProperty("progress_log").EnumerateArray(), step => (step.Text("step"), step.Text("status")) == ("transcribe", "completed"));
            var words = (await Client.GetAsync($"/api/jobs/{job.Text("id")}/lyrics.json")).Json.GetProperty("lines").EnumerateArray()
                .SelectMany(line => line.GetProperty("words").EnumerateArray()).ToList();
            Assert.Equal(count, words.Count);
            Assert.All(words.Zip(words.Skip(1)), pair => Assert.True(pair.First.Number("end") <= pair.Second.Number("start"), engine));
        }
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
