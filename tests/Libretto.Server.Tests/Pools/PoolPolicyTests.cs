using Libretto.Server.Pools;

namespace Libretto.Server.Tests.Pools;

public class PoolPolicyTests
{
    private static readonly PoolLimits Limits = new() { Min = 0, Max = 4, TargetWait = TimeSpan.FromSeconds(60), CoolDown = TimeSpan.FromMinutes(5) };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(30, 4)]
    public void As_many_start_as_serve_all_who_wait_in_the_target_time(int waiting, int started) =>
        Assert.Equal(started, PoolPolicy.Decide(View(waiting) with { SongTime = TimeSpan.FromSeconds(20) }, Limits).Start);

    [Fact]
    public void Short_songs_need_fewer_workers() =>
        Assert.Equal(1, PoolPolicy.Decide(View(30) with { SongTime = TimeSpan.FromSeconds(2) }, Limits).Start);

    [Fact]
    public void Those_about_to_come_and_those_without_a_job_are_counted() =>
        Assert.Equal(1, PoolPolicy.Decide(View(9, Coming("a"), Idle("b", 1)), Limits).Start);

    [Fact]
    public void Those_with_a_job_are_counted_on_for_the_rest_of_the_target_time_and_count_for_the_maximum()
    {
        Assert.Equal(0, PoolPolicy.Decide(View(2, Busy("a")), Limits).Start);
        Assert.Equal(1, PoolPolicy.Decide(View(3, Busy("a")), Limits).Start);
        Assert.Equal(1, PoolPolicy.Decide(View(1, Busy("a")) with { SongTime = TimeSpan.FromMinutes(3) }, Limits).Start);
        Assert.Equal(0, PoolPolicy.Decide(View(30, Busy("a"), Busy("b"), Busy("c"), Busy("d")), Limits).Start);
    }

    [Fact]
    public void Those_who_are_about_to_end_do_no_work_but_count_for_the_maximum()
    {
        var (ending, alsoEnding) = (Idle("a", 600) with { IsDraining = true }, Idle("b", 600) with { IsDraining = true });

        Assert.Equal(1, PoolPolicy.Decide(View(1, ending), Limits).Start);
        Assert.Equal(2, PoolPolicy.Decide(View(30, ending, alsoEnding), Limits).Start);
        Assert.Equal(0, PoolPolicy.Decide(View(30, ending, alsoEnding), Limits with { Max = 1 }).Start);
    }

    [Fact]
    public void Nobody_starts_for_a_song_that_was_posted_this_moment() =>
        Assert.Equal(0, PoolPolicy.Decide(View(1) with { Oldest = TimeSpan.FromSeconds(0.5) }, Limits).Start);

    [Fact]
    public void The_minimum_is_there_without_work() =>
        Assert.Equal(2, PoolPolicy.Decide(View(0), Limits with { Min = 2 }).Start);

    [Fact]
    public void Whoever_has_been_idle_for_long_is_asked_to_end_down_to_the_minimum()
    {
        var view = View(0, Idle("long", 600), Idle("longer", 900), Idle("short", 10));

        Assert.Equal(["longer", "long"], PoolPolicy.Decide(view, Limits).Drain);
        Assert.Equal(["longer"], PoolPolicy.Decide(view, Limits with { Min = 2 }).Drain);
    }

    [Fact]
    public void Nobody_with_a_job_and_nobody_whom_others_started_is_asked_to_end()
    {
        var view = View(0, Busy("busy"), Idle("theirs", 9000) with { IsOurs = false }, Coming("coming"));

        Assert.Empty(PoolPolicy.Decide(view, Limits).Drain);
    }

    [Fact]
    public void Nobody_is_asked_to_end_while_songs_wait() =>
        Assert.Empty(PoolPolicy.Decide(View(1, Idle("idle", 9000)), Limits).Drain);

    [Theory]
    [InlineData(1, 4, 0)]
    [InlineData(1, 6, 1)]
    [InlineData(3, 19, 0)]
    [InlineData(3, 21, 1)]
    [InlineData(50, 299, 0)]
    [InlineData(50, 301, 1)]
    public void After_failed_starts_the_next_is_tried_later_and_later(int failures, int secondsAgo, int started)
    {
        var view = View(1) with { Failures = failures, SinceFailure = TimeSpan.FromSeconds(secondsAgo) };

        var decision = PoolPolicy.Decide(view, Limits);

        Assert.Equal(started, decision.Start);
        Assert.Equal(started == 0, decision.NextStart > TimeSpan.Zero);
    }

    [Fact]
    public void A_worker_that_never_comes_is_given_up_and_another_started()
    {
        var decision = PoolPolicy.Decide(View(1, Coming("lost", 200)), Limits);

        Assert.Equal("lost", Assert.Single(decision.GiveUp).Id);
        Assert.Equal(1, decision.Start);
    }

    private static PoolView View(int waiting, params PoolWorker[] workers) => new() { Waiting = waiting, Oldest = TimeSpan.FromSeconds(waiting > 0 ? 5 : 0), Workers = workers };

    private static PoolWorker Coming(string id, double age = 5) => new(id, true, false, false, TimeSpan.FromSeconds(age), null);

    private static PoolWorker Idle(string id, double seconds) => new(id, true, true, false, TimeSpan.FromSeconds(seconds + 20), TimeSpan.FromSeconds(seconds));

    private static PoolWorker Busy(string id) => new(id, true, true, false, TimeSpan.FromSeconds(100), null);
}
