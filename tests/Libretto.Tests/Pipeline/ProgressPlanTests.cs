using Libretto.Pipeline;

namespace Libretto.Tests.Pipeline;

public class ProgressPlanTests
{
    [Fact]
    public void The_shares_of_any_steps_follow_each_other_from_0_to_1()
    {
        WorkStep[] steps = [WorkStep.Read, WorkStep.Separate, WorkStep.Transcribe, WorkStep.Align, WorkStep.WriteStems];
        var shares = steps.Select(new ProgressPlan(steps).ShareOf).ToList();
        Assert.Equal(0, shares[0].From);
        Assert.Equal(1, shares[^1].To, 9);
        Assert.All(shares.Zip(shares.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.All(shares, share => Assert.True(share.To > share.From));
    }

    [Fact]
    public void Every_step_has_a_weight() =>
        Assert.All(Enum.GetValues<WorkStep>(), step => Assert.Equal((0, 1), new ProgressPlan(step).ShareOf(step)));

    [Fact]
    public void Part_tells_of_a_step_as_of_the_whole()
    {
        var seen = new List<SongProgress>();
        var plan = new ProgressPlan(WorkStep.Lyrics, WorkStep.Stems);
        plan.Part(WorkStep.Stems, new SynchronousProgress<SongProgress>(seen.Add)).Report(new SongProgress(Stage.Separate, 0.5, "separating"));
        Assert.Equal(plan.At(WorkStep.Stems, 0.5), seen.Single().Fraction);
    }
}
