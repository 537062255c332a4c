using Libretto.Tests.Support;
using Libretto.Transcribe.Hosted;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Transcribe.Hosted;

public sealed class HostedBudgetTests : IDisposable
{
    private static readonly HostedEngine Engine = HostedEngine.Groq with
    {
        Key = HostedFixture.Key,
        Limits = new HostedLimits { RequestsAMinute = 2, AudioSecondsAnHour = 600, AudioSecondsADay = 1000 },
    };

    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_fits_is_allowed_at_once_and_what_does_not_waits_until_it_does()
    {
        Assert.Null(await RefusedForAsync(10));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(await RefusedForAsync(10));
        // The first of the two requests is a minute old in forty seconds.
        Assert.Equal(40, (await RefusedForAsync(10))!.Value.TotalSeconds, 0.1);
        _time.Advance(TimeSpan.FromSeconds(40.1));
        Assert.Null(await RefusedForAsync(10));
    }

    [Fact]
    public async Task Seconds_of_audio_are_counted_by_the_hour_and_by_the_day()
    {
        Assert.Null(await RefusedForAsync(500));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(50, (await RefusedForAsync(200))!.Value.TotalMinutes, 0.1);
        _time.Advance(TimeSpan.FromMinutes(51));
        Assert.Null(await RefusedForAsync(400));
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(24 - (122 / 60.0), (await RefusedForAsync(200))!.Value.TotalHours, 0.1);
    }

    [Fact]
    public async Task A_song_longer_than_is_ever_allowed_is_refused_for_good()
    {
        var error = await Assert.ThrowsAsync<HostedException>(() => Budget().EnterAsync(700, TimeSpan.Zero, null, HostedFixture.Token));
        Assert.Equal(("hosted_quota", false), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task A_short_wait_is_waited_for()
    {
        await RefusedForAsync(1);
        await RefusedForAsync(1);
        var told = new List<TimeSpan>();
        var waiting = Budget().EnterAsync(1, TimeSpan.FromMinutes(2), told.Add, HostedFixture.Token);
        while (!waiting.IsCompleted)
        {
            // Time stands still until the wait was told.
            if (told.Count > 0)
                _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(10, HostedFixture.Token);
        }
        Assert.InRange((await waiting).TotalSeconds, 60, 71);
        Assert.Equal(60, told[0].TotalSeconds, 0.1);
    }

    [Fact]
    public async Task What_the_engine_tells_counts_more_than_what_is_assumed()
    {
        // A paid plan: the free one's limits are forgotten.
        await Budget().LearnAsync(new RateHeaders { AudioLimit = 100_000, AudioLeft = 300, AudioReset = TimeSpan.FromSeconds(43.2) }, null, HostedFixture.Token);
        Assert.Null(await RefusedForAsync(200));
        Assert.Null(await RefusedForAsync(50));
        Assert.Null(await RefusedForAsync(20));
        // 270 of the 300 s left are taken.
        Assert.Equal(43.2, (await RefusedForAsync(100))!.Value.TotalSeconds, 0.1);
        _time.Advance(TimeSpan.FromSeconds(44));
        Assert.Null(await RefusedForAsync(100));
    }

    [Fact]
    public async Task Requests_of_many_at_once_never_pass_the_limit()
    {
        var allowed = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                await new HostedBudget(Engine, _folder.Path, TimeProvider.System).EnterAsync(1, TimeSpan.Zero, null, HostedFixture.Token);
                Interlocked.Increment(ref allowed);
            }
            catch (HostedException)
            {
            }
        })));
        Assert.Equal(2, allowed);
    }

    [Fact]
    public async Task Another_key_has_a_budget_of_its_own()
    {
        await RefusedForAsync(1);
        await RefusedForAsync(1);
        Assert.NotNull(await RefusedForAsync(1));
        Assert.Null(await RefusedForAsync(1, Engine with { Key = "another" }));
    }

    [Theory]
    [InlineData("43.2s", 43.2)]
    [InlineData("1m26.4s", 86.4)]
    [InlineData("2h3m0.5s", 7380.5)]
    [InlineData("120ms", 0.12)]
    [InlineData("7", 7.0)]
    [InlineData("6m0s", 360.0)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    public void Spans_are_read_as_the_engines_write_them(string text, double? seconds) =>
        Assert.Equal(seconds, RateHeaders.Span(text)?.TotalSeconds);

    [Fact]
    public async Task Where_the_book_cannot_be_kept_songs_are_recognised_all_the_same()
    {
        File.WriteAllText(_folder["file"], "");
        var budget = new HostedBudget(Engine, _folder["file"], _time);
        await budget.EnterAsync(1, TimeSpan.Zero, null, HostedFixture.Token);
        File.WriteAllText(Directory.CreateDirectory(_folder["broken"]).FullName + "/x", "");
        await new HostedBudget(Engine, _folder["broken"], _time).EnterAsync(1, TimeSpan.Zero, null, HostedFixture.Token);
        var book = Directory.GetFiles(_folder["broken"], "groq-*.json").Single();
        File.WriteAllText(book, "{ no json");
        await new HostedBudget(Engine, _folder["broken"], _time).EnterAsync(1, TimeSpan.Zero, null, HostedFixture.Token);
    }

    private HostedBudget Budget(HostedEngine? engine = null) => new(engine ?? Engine, _folder.Path, _time);

    /// <summary>Asks for some audio: null when it is allowed, else how long it is not.</summary>
    private async Task<TimeSpan?> RefusedForAsync(double seconds, HostedEngine? engine = null)
    {
        try
        {
            await Budget(engine).EnterAsync(seconds, TimeSpan.Zero, null, HostedFixture.Token);
            return null;
        }
        catch (HostedException e) when (e.Code == "hosted_limit")
        {
            return e.RetryAfter;
        }
    }
}
