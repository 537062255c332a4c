using Libretto.Tests.Support;
using Libretto.Transcribe.Hosted;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>An engine that takes no songs is noticed, although the songs go elsewhere.</summary>
public class HostedStatusTests
{
    private readonly FakeLogger<HostedStatus> _log = new();

    [Fact]
    public async Task A_key_that_is_refused_is_told_once_however_many_songs_come()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 401, Answers.Error("invalid_api_key", "Invalid API Key"));
        groq.Status = new HostedStatus(groq.Time, _log);
        for (var i = 0; i < 4; i++)
            await Assert.ThrowsAsync<HostedException>(() => groq.HearAsync());

        var told = Assert.Single(_log.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Contains("GROQ_API_KEY", told.Message, StringComparison.Ordinal);
        var status = Assert.Single(groq.Status.Engines);
        Assert.Equal(("groq", 4L, 4L, true, "hosted_key_refused"), (status.Name, status.Requests, status.Failures, status.IsFailing, status.Code));

        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        await groq.HearAsync();
        Assert.Contains("answers again, after 4 failures", _log.LatestRecord.Message, StringComparison.Ordinal);
        Assert.False(groq.Status.Engines[0].IsFailing);
    }

    [Fact]
    public async Task A_song_that_is_refused_by_itself_is_no_engine_that_fails_and_three_in_a_row_are()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 422, Answers.Error("invalid_language", "language must be one of"));
        groq.Status = new HostedStatus(groq.Time, _log);
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(_log.Collector.GetSnapshot());
            await Assert.ThrowsAsync<HostedException>(() => groq.HearAsync());
        }
        Assert.Single(_log.Collector.GetSnapshot());
    }
}
