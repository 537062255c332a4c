using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Settings;
using Libretto.Tests.Support;
using Libretto.Tests.Transcribe.Hosted;
using Libretto.Transcribe.Hosted;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Pipeline.Engines;

/// <summary>The whole pipeline with a hosted engine that is a server on the loopback, and real Moonshine behind it.</summary>
public sealed class EngineFallbackTests : IAsyncLifetime
{
    private const string Groq = "groq/whisper-large-v3-turbo";
    private const string Moonshine = "moonshine/tiny";

    private const string Spoken =
        "Good morning, good morning. The river is long, and the road is cold. I will sing until the light is gone. Good morning, good morning.";

    private readonly ScratchFolder _folder = new();
    private SpeechServer _server = null!;
    private string _song = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await SpeechServer.StartAsync();
        _song = TestAudio.Speech(_folder, Spoken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_the_hosted_engine_heard_is_used_as_it_is_and_the_result_says_so()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        var result = await RunAsync();

        var method = result.Document.Method!;
        Assert.Equal((Groq, "provider", null), (method.Engine, method.Alignment, method.Reason));
        Assert.InRange(method.Cost!.Value, 10.0 / 3600 * 0.04, 20.0 / 3600 * 0.04);
        Assert.Equal("And so, my fellow Americans, ask not", string.Join(' ', result.Document.Lines.Select(line => line.Text)));
        Assert.Equal([0.32, 0.6, 1.2, 1.5, 2.2, 4.02, 4.5], result.Document.Lines.SelectMany(line => line.Words).Select(word => word.Start));
        Assert.Equal("en", result.Document.Language);
        Assert.Contains(result.Notices, notice => notice.Contains("GROQ_API_KEY is set, so the song goes to 127.0.0.1", StringComparison.Ordinal));
        Assert.Contains(result.Notices, notice => notice.StartsWith(Groq + ": ", StringComparison.Ordinal) && notice.Contains("about $0.0001", StringComparison.Ordinal));
        Assert.DoesNotContain(HostedFixture.Key, LyricsFormats.Json.Write(result.Document) + string.Concat(result.Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "refused the key in GROQ_API_KEY", 1)]
    [InlineData(500, "cannot work at present (500)", 3)]
    public async Task When_the_hosted_engine_fails_this_machine_takes_over_and_says_why(int status, string why, int requests)
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, status, "");
        var steps = new List<SongProgress>();
        var result = await RunAsync(steps: steps);

        Assert.Equal(requests, _server.Requests.Count);
        Assert.Equal((Moonshine, "attention", null), (result.Document.Method!.Engine, result.Document.Method.Alignment, result.Document.Method.Cost));
        Assert.Contains(why, result.Document.Method.Reason, StringComparison.Ordinal);
        Assert.Contains("river", string.Join(' ', result.Document.Lines.Select(line => line.Text)), StringComparison.OrdinalIgnoreCase);
        var notices = result.Notices.ToList();
        Assert.Equal(1, notices.FindIndex(notice => notice.StartsWith(Groq + ": groq", StringComparison.Ordinal) && notice.Contains(why, StringComparison.Ordinal)));
        Assert.StartsWith("moonshine-tiny: ", notices[2], StringComparison.Ordinal);
        Assert.Equal(Moonshine, steps.Last(step => step.Stage == Stage.Transcribe).Method);
        Assert.Contains(steps, step => step.Line is not null);
    }

    [Fact]
    public async Task When_the_hosted_engine_is_far_too_slow_this_machine_does_not_wait_for_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var asked = new TaskCompletionSource();
        _server.Answer = async (context, _) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var running = RunAsync(time: time);
        await Task.WhenAny(asked.Task, running).WaitAsync(TimeSpan.FromSeconds(60), Ct);
        var began = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(4.9));
        await Task.Delay(300, Ct);
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        var result = await running.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        Assert.Equal(Moonshine, result.Document.Method!.Engine);
        Assert.Contains("no answer within", result.Document.Method.Reason, StringComparison.Ordinal);
        Assert.InRange(time.GetElapsedTime(began).TotalSeconds, 5, 6);
    }

    [Fact]
    public async Task The_one_that_answers_first_has_done_it_even_if_another_had_begun()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        _server.Answer = async (context, _) =>
        {
            asked.TrySetResult();
            await answer.Task;
            await SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        };
        // Behind it an engine that never answers.
        await using var stuck = await SpeechServer.StartAsync();
        var begun = new TaskCompletionSource();
        stuck.Answer = async (context, _) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var running = RunAsync(time: time, settings: settings => settings with
        {
            Hosted = [.. settings.Hosted, new HostedEngine("stuck", stuck.Address, "m")],
        });
        await Task.WhenAny(asked.Task, running).WaitAsync(TimeSpan.FromSeconds(60), Ct);
        time.Advance(TimeSpan.FromSeconds(6));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        answer.SetResult();
        var result = await running.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        Assert.Equal((Groq, null), (result.Document.Method!.Engine, result.Document.Method.Reason));
    }

    [Fact]
    public async Task Lines_of_an_engine_that_was_overtaken_are_not_shown()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        _server.Answer = async (context, _) =>
        {
            asked.TrySetResult();
            await answer.Task;
            await SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        };
        // Moonshine, behind it, begins while the first is still asked.
        var steps = new List<SongProgress>();
        var running = RunAsync(time: time, steps: steps);
        await Task.WhenAny(asked.Task, running).WaitAsync(TimeSpan.FromSeconds(60), Ct);
        time.Advance(TimeSpan.FromSeconds(6));
        while (!running.IsCompleted && !steps.ToArray().Any(step => step.Method == Moonshine))
            await Task.Delay(10, Ct);
        answer.SetResult();
        var result = await running.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        var shown = string.Join(' ', steps.Where(step => step.Line is not null).Select(step => step.Line!.Text));
        Assert.Equal(string.Join(' ', result.Document.Lines.Select(line => line.Text)).Length, shown.Length, 3.0);
        Assert.Equal(result.Document.Method!.Engine == Moonshine, !shown.Contains("Americans", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_engine_that_waits_for_its_limit_is_not_said_to_give_no_answer()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var asked = new TaskCompletionSource();
        _server.Answer = (context, _) =>
        {
            asked.TrySetResult();
            context.Response.Headers.RetryAfter = "50";
            return SpeechServer.JsonAsync(context, 429, Answers.Error("rate_limit_exceeded", "Rate limit reached"));
        };
        var steps = new List<SongProgress>();
        var running = RunAsync(time: time, steps: steps);
        while (!running.IsCompleted && !steps.ToArray().Any(step => step.Message.Contains("waiting 50 s", StringComparison.Ordinal)))
            await Task.Delay(10, Ct);
        time.Advance(TimeSpan.FromSeconds(6));
        var result = await running.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        Assert.Equal(Moonshine, result.Document.Method!.Engine);
        Assert.Contains("waiting 50 s for groq's limit", result.Document.Method.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("no answer", result.Document.Method.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_hosted_engine_invented_is_heard_again_on_this_machine()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, HostedGuardTests.Loop());
        var result = await RunAsync();

        var text = string.Join(' ', result.Document.Lines.Select(line => line.Text));
        Assert.StartsWith("ask not", text, StringComparison.Ordinal);
        Assert.DoesNotContain("la la", text, StringComparison.Ordinal);
        Assert.Contains("light", text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Groq, result.Document.Method!.Engine);
        Assert.Equal((1, 1), (result.Document.Method.Guards!["loop"], result.Document.Method.Guards["heard_again"]));
        Assert.Contains(result.Notices, notice => notice.Contains("goes in circles", StringComparison.Ordinal) && notice.Contains(Moonshine, StringComparison.Ordinal));
        Assert.Empty(DocumentRules.Validate(result.Document));
        // The second time nothing is listened to, and the words are the same.
        Assert.Equal(text, string.Join(' ', (await RunAsync()).Document.Lines.Select(line => line.Text)));
    }

    [Fact]
    public async Task Where_nothing_here_can_hear_it_again_what_cannot_be_sung_is_left_out_and_is_to_be_checked()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, HostedGuardTests.Loop());
        var result = await RunAsync(new SongRequest(_song) { Engine = "groq" });
        Assert.Equal("ask not", string.Join(' ', result.Document.Lines.Select(line => line.Text)));
        Assert.Equal((1, 1), (result.Document.Method!.Guards!["loop"], result.Document.Method.Guards["dropped"]));
        Assert.Equal((4.0, 10.0), (Math.Round(Assert.Single(result.Document.Checks!).Start, 1), Math.Round(result.Document.Checks![0].End, 1)));
        Assert.Contains(result.Notices, notice => notice.Contains("nobody sings that fast", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_song_cost_is_written_with_every_decimal_that_counts()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        var document = (await RunAsync()).Document;
        var written = LyricsFormats.Json.Read(LyricsFormats.Json.Write(document)).Method!.Cost!.Value;
        Assert.Equal(document.Method!.Cost!.Value, written, 6);
        Assert.NotEqual(0, written);
    }

    [Fact]
    public async Task Where_nothing_can_take_over_the_last_engine_has_the_word()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, "");
        var alone = await Assert.ThrowsAsync<HostedException>(() => RunAsync(new SongRequest(_song) { Language = "es" }));
        Assert.Equal("hosted_key_refused", alone.Code);

        var other = new HostedEngine("mine", _server.Address, "large");
        _server.Once(401, "");
        _server.Once(404, "");
        var last = await Assert.ThrowsAsync<HostedException>(() => RunAsync(
            new SongRequest(_song) { Language = "es" }, settings: settings => settings with { Hosted = [.. settings.Hosted, other] }));
        Assert.Equal("hosted_not_found", last.Code);
    }

    [Fact]
    public async Task An_engine_asked_for_by_name_is_not_replaced()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, "");
        await Assert.ThrowsAsync<HostedException>(() => RunAsync(new SongRequest(_song) { Engine = "groq" }));
    }

    [Fact]
    public async Task What_another_engine_heard_is_kept_as_its_own()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, "");
        Assert.Equal(Moonshine, (await RunAsync()).Document.Method!.Engine);

        // It is found again, but only after the hosted engine was asked.
        var steps = new List<SongProgress>();
        Assert.Equal(Moonshine, (await RunAsync(steps: steps)).Document.Method!.Engine);
        Assert.Equal(2, _server.Requests.Count);

        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        Assert.Equal(Groq, (await RunAsync()).Document.Method!.Engine);
        var again = await RunAsync();
        Assert.Equal((Groq, 3), (again.Document.Method!.Engine, _server.Requests.Count));
        Assert.Null(again.Document.Method.Cost);
    }

    [Fact]
    public async Task With_local_nothing_is_sent()
    {
        Assert.Equal(Moonshine, (await RunAsync(settings: settings => settings with { Local = true })).Document.Method!.Engine);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Times_of_lines_only_are_not_called_the_providers()
    {
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.NoWords);
        var result = await RunAsync();
        Assert.Equal("estimated", result.Document.Method!.Alignment);
        Assert.Contains(result.Notices, notice => notice.Contains("marked estimated", StringComparison.Ordinal));
        Assert.All(result.Document.Lines.SelectMany(line => line.Words), word => Assert.True(word.Estimated));
    }

    [Fact]
    public async Task They_are_made_anew_where_a_whisper_model_can_listen_for_the_words()
    {
        var models = Path.GetDirectoryName(Repository.SharedFile("models", "whisper-base"))!;
        var steps = new List<SongProgress>();
        _server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.NoWords.Replace("Sous le ciel de Paris", Spoken, StringComparison.Ordinal));
        var result = await RunAsync(new SongRequest(_song) { Language = "en" }, settings: settings => settings with { Models = [models] }, steps: steps);
        Assert.DoesNotContain(result.Notices, notice => notice.Contains("marked estimated", StringComparison.Ordinal));
        // Timing the words has its share of the whole, and moves through it.
        Assert.InRange(steps.Where(step => step.Stage == Stage.Transcribe).Max(step => step.Fraction), 0, 0.7);
        Assert.InRange(steps.Where(step => step.Stage == Stage.Align).Select(step => step.Fraction).Distinct().Count(), 2, int.MaxValue);
        Assert.Equal((Groq, "attention", "transcribed", null), (result.Document.Method!.Engine, result.Document.Method.Alignment, result.Document.Method.Words, result.Document.Method.Lyrics));
        Assert.Equal(Spoken, string.Join(' ', result.Document.Lines.Select(line => line.Text)));
        var words = result.Document.Lines.SelectMany(line => line.Words).ToList();
        Assert.InRange(words.Count(word => word.Estimated == true), 0, words.Count / 3);
        // The engine put it all between two and six seconds.
        Assert.InRange(result.Document.Lines[0].Start, 0, 1);
        Assert.InRange(result.Document.Lines[^1].End, 7, result.Document.Duration);
    }

    private async Task<SongResult> RunAsync(
        SongRequest? request = null, TimeProvider? time = null, Func<LibrettoSettings, LibrettoSettings>? settings = null, List<SongProgress>? steps = null)
    {
        var moonshine = await InstalledModels.MoonshineTinyAsync();
        Directory.CreateDirectory(_folder["models"]);
        if (!Path.Exists(_folder["models/moonshine-tiny"]))
            Directory.CreateSymbolicLink(_folder["models/moonshine-tiny"], moonshine);
        var basic = new LibrettoSettings
        {
            Cache = _folder["cache"],
            Fetch = LibrettoSettings.FetchSmall,
            Models = [_folder["models"]],
            Hosted = [HostedEngine.Groq with { Address = _server.Address, Key = HostedFixture.Key }],
        };
        await using var services = new ServiceCollection()
            .AddSingleton(time ?? TimeProvider.System)
            .AddLibretto(settings?.Invoke(basic) ?? basic)
            .BuildServiceProvider();
        return await services.GetRequiredService<SongPipeline>().RunAsync(
            request ?? new SongRequest(_song), steps is null ? null : new SynchronousProgress<SongProgress>(steps.Add), Ct);
    }
}
