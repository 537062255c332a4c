using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Libretto.Pipeline;
using Libretto.Tests.Support;
using Libretto.Transcribe;
using Libretto.Transcribe.Hosted;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>Each way a hosted engine fails: what the user is told, whether a retry can help, how often it was asked, how long that took.</summary>
public class HostedFailureTests
{
    public static TheoryData<int, string, string, bool, int, string> Refusals => new()
    {
        { 400, Answers.Error("invalid_request", "could not process file"), "hosted_request_refused", false, 1, "(400: could not process file)" },
        { 401, Answers.Error("invalid_api_key", "Invalid API Key"), "hosted_key_refused", false, 1, "GROQ_API_KEY" },
        { 403, Answers.Error("permissions", "Access denied."), "hosted_forbidden", false, 1, "GROQ_API_KEY" },
        { 404, Answers.Error("model_not_found", "The model does not exist"), "hosted_not_found", false, 1, "no model 'whisper-large-v3-turbo'" },
        { 413, Answers.Error("request_too_large", "Request Entity Too Large"), "hosted_too_large", false, 1, "max-megabytes" },
        { 413, Answers.Error("rate_limit_exceeded", "on seconds of audio per hour (ASPH)"), "hosted_quota", false, 1, "longer than groq allows" },
        { 422, Answers.Error("invalid_language", "language must be one of"), "hosted_request_refused", false, 1, "(422: language must be one of)" },
        { 429, Answers.Error("insufficient_quota", "You exceeded your current quota"), "hosted_quota", false, 1, "no credit left" },
        { 429, Answers.Error("rate_limit_exceeded", "Rate limit reached"), "hosted_limit", true, 3, "no more for now" },
        { 498, Answers.Error("capacity_exceeded", "Flex tier capacity exceeded"), "hosted_unavailable", true, 3, "(498" },
        { 500, "<html>oops</html>", "hosted_unavailable", true, 3, "(500)" },
        { 503, "", "hosted_unavailable", true, 3, "(503)" },
        { 302, "", "hosted_not_found", false, 1, "leads elsewhere" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Each_refusal_is_told_apart(int status, string body, string code, bool isTransient, int requests, string says)
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, status, body);
        var (error, elapsed) = await FailAsync(groq);

        Assert.Equal((code, isTransient), (error.Code, error.IsTransient));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(requests, groq.Server.Requests.Count);
        // Passing troubles are waited for, 1 s and 3 s; others not at all.
        Assert.InRange(elapsed.TotalSeconds, requests == 3 ? 4 : 0, requests == 3 ? 8 : 3);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(498)]
    public async Task A_trouble_that_passes_costs_a_moment_and_no_word(int status)
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(status, "");
        groq.Server.Once(200, Answers.WordsAtTheTop);
        Assert.Equal(7, (await groq.HearAsync())[0].Words.Count);
        Assert.Equal(1, ((LeapingTime)groq.Time).Leapt.TotalSeconds, 0.1);
    }

    [Theory]
    [InlineData("retry-after", "7", 7, "waiting 7 s for groq's limit")]
    [InlineData("x-ratelimit-reset-requests", "9.5s", 9.5, "waiting 10 s for groq's limit")]
    public async Task A_limit_is_waited_for_as_long_as_the_engine_says(string header, string value, double seconds, string told)
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(429, Answers.Error("rate_limit_exceeded", "Rate limit reached"), (header, value), ("x-ratelimit-remaining-requests", "0"));
        // When the wait is told, the engine has not been asked again yet.
        var heard = new List<(string? Wait, int Asked)>();
        groq.Server.Once(200, Answers.WordsAtTheTop);
        var pieces = await groq.HearAsync(new TranscribeOptions { Waiting = new Told(wait => heard.Add((wait, groq.Server.Requests.Count))) });
        Assert.Equal(7, pieces[0].Words.Count);
        Assert.Equal(seconds, ((LeapingTime)groq.Time).Leapt.TotalSeconds, 0.5);
        Assert.Contains((told, 1), heard);
        Assert.Null(heard[^1].Wait);
    }

    [Theory]
    [InlineData("retry-after", "1m3.5s", 63.5)]
    [InlineData("retry-after", "0.3s", 0.3)]
    [InlineData("retry-after", "250ms", 0.25)]
    [InlineData("retry-after-ms", "250", 0.25)]
    [InlineData("retry-after", "@90", 90)] // a date
    [InlineData("x-ratelimit-reset-requests", "@120", 120)] // a date in ISO 8601
    [InlineData("x-ratelimit-reset-requests", "#150", 150)] // seconds since 1970
    [InlineData("x-anything", "1", 86.4)] // in the message only
    public async Task A_limit_is_understood_in_every_form(string header, string value, double seconds)
    {
        await using var groq = await HostedFixture.StartAsync();
        // The engine's clock is two hours ahead of this machine's.
        var now = DateTimeOffset.UtcNow.AddHours(2);
        groq.Server.Answer = (context, _) =>
        {
            context.Response.Headers.Date = now.ToString("R");
            context.Response.Headers[header] = value switch
            {
                ['@', .. var later] when header == "retry-after" => now.AddSeconds(int.Parse(later, null)).ToString("R"),
                ['@', .. var later] => now.AddSeconds(int.Parse(later, null)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                ['#', .. var later] => $"{now.AddSeconds(int.Parse(later, null)).ToUnixTimeSeconds()}",
                _ => value,
            };
            context.Response.Headers["x-ratelimit-remaining-requests"] = "0";
            return SpeechServer.JsonAsync(context, 429, Answers.Error("rate_limit_exceeded", "Rate limit reached. Please try again in 1m26.4s."));
        };
        var (error, _) = await FailAsync(groq);
        Assert.Equal(("hosted_limit", true), (error.Code, error.IsTransient));
        Assert.Equal(seconds, error.RetryAfter!.Value.TotalSeconds, seconds < 1 ? 0.01 : 1.1);
    }

    [Fact]
    public async Task Waits_add_up_to_what_is_told_in_the_end()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(429, Answers.Error("rate_limit_exceeded", "Rate limit reached"), ("retry-after", "20"));
        groq.Server.Once(429, Answers.Error("rate_limit_exceeded", "Rate limit reached"), ("retry-after", "31"));
        groq.Server.Once(200, Answers.WordsAtTheTop);
        var told = new List<string?>();
        var pieces = await groq.HearAsync(new TranscribeOptions { Waiting = new Told(told.Add) });
        Assert.Contains("waiting 20 s for groq's limit", told);
        Assert.Contains("waiting 31 s more for groq's limit, after 20 s", told);
        Assert.Contains(pieces[0].Notices, notice => notice.Contains("waited 51 s", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Rate limit reached for model `whisper-large-v3-turbo` in organization `org_01hqn3abcdefghjkmnpqrstvwx` service tier `on_demand`", "org_01")]
    [InlineData("Incorrect API key provided: gsk_****Zx9Q. You can find your key at console.groq.com", "Zx9Q")]
    [InlineData("Project proj_AbC123dEf456 does not have access to model", "AbC123")]
    [InlineData("An error occurred while processing your request (request ID req_8f2c1b77aa) for user-9aKd83jSj2", "8f2c1b")]
    public async Task What_belongs_to_the_account_is_not_shown(string message, string secret)
    {
        await using var groq = await HostedFixture.StartAsync();
        foreach (var status in new[] { 400, 403, 404, 422, 500 })
        {
            groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, status, Answers.Error("x", message));
            var text = (await FailAsync(groq)).Error.ToString();
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("9aKd83", text, StringComparison.Ordinal);
        }
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 400, Answers.Error("x", message));
        Assert.Contains(message.Split(' ')[0], (await FailAsync(groq)).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_too_large_for_a_proxy_on_the_way_is_cut_as_for_the_engine_itself()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 413, "<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>");
        Assert.Equal("hosted_too_large", (await FailAsync(groq)).Error.Code);
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_is_read_to_its_end()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(async (context, _) =>
        {
            foreach (var part in Answers.WordsAtTheTop.Chunk(40))
            {
                await context.Response.WriteAsync(new string(part));
                await context.Response.Body.FlushAsync();
            }
        });
        Assert.Equal(7, (await groq.HearAsync())[0].Words.Count);
    }

    [Fact]
    public async Task A_long_limit_is_not_waited_for_and_holds_for_later_songs_and_other_processes()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(429, Answers.Error("rate_limit_exceeded", "Rate limit reached"), ("retry-after", "300"));
        var (first, _) = await FailAsync(groq);
        Assert.Equal(("hosted_limit", true, 300), (first.Code, first.IsTransient, first.RetryAfter!.Value.TotalSeconds));

        // Another object, as in another process, with the same folder: it does not even ask.
        var (second, elapsed) = await FailAsync(groq);
        Assert.Equal("hosted_limit", second.Code);
        Assert.InRange(second.RetryAfter!.Value.TotalSeconds, 280, 300);
        Assert.Contains("asked again in", second.Message, StringComparison.Ordinal);
        Assert.InRange(elapsed.TotalSeconds, 0, 3);
        Assert.Single(groq.Server.Requests);
    }

    [Fact]
    public async Task After_several_songs_that_failed_the_engine_is_left_alone_for_a_minute()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        await using var groq = await HostedFixture.StartAsync(time);
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 503, "");
        using var song = HostedFixture.Song();
        var transcriber = groq.Transcriber();
        for (var i = 0; i < 3; i++)
            Assert.Equal("hosted_unavailable", (await FailAsync(groq, transcriber, advance: TimeSpan.FromSeconds(5))).Error.Code);
        Assert.Equal(9, groq.Server.Requests.Count);

        var resting = (await FailAsync(groq, transcriber)).Error;
        Assert.Equal(("hosted_unavailable", true, 9), (resting.Code, resting.IsTransient, groq.Server.Requests.Count));
        Assert.Contains("left alone", resting.Message, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(1));
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        Assert.Equal(7, (await transcriber.TranscribeAsync(song, new TranscribeOptions(), null, HostedFixture.Token).ToListAsync(HostedFixture.Token))[0].Words.Count);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_given_up_after_the_time_limit()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var groq = await HostedFixture.StartAsync(time);
        var begun = new TaskCompletionSource();
        groq.Server.Answer = async (context, _) =>
        {
            await context.Response.WriteAsync("{\"text\":\"");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var failing = FailAsync(groq);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60), HostedFixture.Token);
        time.Advance(TimeSpan.FromSeconds(45));
        var (error, elapsed) = await failing;
        Assert.Equal(("hosted_timeout", true), (error.Code, error.IsTransient));
        Assert.InRange(elapsed.TotalSeconds, 30, 46);
        Assert.Single(groq.Server.Requests);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_tried_again_and_then_told()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Answer = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        var (error, _) = await FailAsync(groq);
        Assert.Equal(("hosted_unreachable", true, 3), (error.Code, error.IsTransient, groq.Server.Requests.Count));
        Assert.Contains("the connection was cut", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_cut_is_asked_for_again()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(async (context, _) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{\"text\":");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        groq.Server.Once(200, Answers.WordsAtTheTop);
        Assert.Equal(7, (await groq.HearAsync())[0].Words.Count);
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_told_at_once()
    {
        await using var groq = await HostedFixture.StartAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        groq.Engine = groq.Engine with { Address = new Uri($"http://127.0.0.1:{port}/openai/v1/") };
        var (error, elapsed) = await FailAsync(groq);
        Assert.Equal(("hosted_unreachable", true), (error.Code, error.IsTransient));
        Assert.InRange(elapsed.TotalSeconds, 0, 3);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_ends_it_before_anything_is_sent()
    {
        await using var groq = await HostedFixture.StartAsync(tls: true);
        var (error, elapsed) = await FailAsync(groq);
        Assert.Equal(("hosted_insecure", false), (error.Code, error.IsTransient));
        Assert.Contains("nothing was sent", error.Message, StringComparison.Ordinal);
        Assert.Empty(groq.Server.Requests);
        Assert.InRange(elapsed.TotalSeconds, 0, 3);
    }

    [Theory]
    [InlineData("<html>Sign in to the network</html>")]
    [InlineData("{\"text\":\"ask not")]
    [InlineData("{\"hello\":1}")]
    [InlineData("null")]
    public async Task What_is_no_transcription_is_told(string body)
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, body);
        Assert.Equal("hosted_answer", (await FailAsync(groq)).Error.Code);
    }

    [Fact]
    public async Task The_key_stands_in_no_message_log_or_file()
    {
        using var log = new KeptLog();
        await using var groq = await HostedFixture.StartAsync(loggers: LoggerFactory.Create(builder => builder.AddProvider(log).SetMinimumLevel(LogLevel.Trace)));
        // Some engines repeat the key they refuse.
        foreach (var status in new[] { 400, 401, 403, 404, 413, 422, 429, 498, 500 })
        {
            groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, status, Answers.Error("x", $"Incorrect API key provided: {HostedFixture.Key}."));
            Assert.DoesNotContain(HostedFixture.Key, (await FailAsync(groq)).Error.ToString(), StringComparison.Ordinal);
        }
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        var pieces = await groq.HearAsync();

        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(HostedFixture.Key, StringComparison.Ordinal));
        Assert.DoesNotContain(HostedFixture.Key, pieces[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(HostedFixture.Key, groq.Engine.ToString(), StringComparison.Ordinal);
        var files = Directory.GetFiles(groq.Folder["hosted"]);
        Assert.NotEmpty(files);
        foreach (var file in files)
            Assert.DoesNotContain(HostedFixture.Key, file + await File.ReadAllTextAsync(file, HostedFixture.Token), StringComparison.Ordinal);
    }

    private static async Task<(HostedException Error, TimeSpan Elapsed)> FailAsync(
        HostedFixture groq, HostedTranscriber? transcriber = null, TimeSpan? advance = null)
    {
        using var song = HostedFixture.Song();
        var began = groq.Time.GetTimestamp();
        var hearing = (transcriber ?? groq.Transcriber()).TranscribeAsync(song, new TranscribeOptions(), null, HostedFixture.Token)
            .ToListAsync(HostedFixture.Token).AsTask();
        while (advance is { } step && !hearing.IsCompleted)
        {
            await Task.WhenAny(hearing, Task.Delay(20, HostedFixture.Token));
            ((FakeTimeProvider)groq.Time).Advance(step / 10);
        }
        var error = await Assert.ThrowsAsync<HostedException>(() => hearing);
        return (error, groq.Time.GetElapsedTime(began));
    }

    private sealed class Told(Action<string?> listener) : IProgress<string?>
    {
        public void Report(string? value) => listener(value);
    }

    /// <summary>Keeps every line logged, with the exceptions beside it.</summary>
    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
