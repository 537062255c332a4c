using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Work;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Jobs.Work;

public class JobLogTests
{
    [Fact]
    public async Task What_is_told_of_a_job_is_of_one_moment()
    {
        var log = new JobLog(new Job { Id = "one", Options = new JobOptions(), Status = JobStatus.Running, Lane = Lane.Compute }, TimeProvider.System);
        log.Note(Stage.Separate, 0, "separate");
        using var stop = new CancellationTokenSource();
        var work = Task.Run(
            () =>
            {
                for (var i = 0; i < 2_000; i++)
                    foreach (var stage in (Stage[])[Stage.Separate, Stage.Transcribe])
                        log.Note(stage, 0, stage.ToString().ToLowerInvariant());
            },
            TestContext.Current.CancellationToken);

        do
        {
            var (_, stage, message, steps, _) = log.Snapshot();
            Assert.Equal((stage, stage), (message, steps[^1].Step));
        }
        while (!work.IsCompleted);
        await work;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void What_a_step_took_is_true_though_the_clock_jumps_an_hour_meanwhile(int hours)
    {
        var time = new JumpingTime();
        var log = new JobLog(new Job { Id = "one", Options = new JobOptions(), Status = JobStatus.Running, Lane = Lane.Compute }, time);
        log.Note(Stage.Separate, 0, "separate");
        time.Jump(TimeSpan.FromHours(hours));
        log.Note(Stage.Transcribe, 0.5, "transcribe");
        time.Jump(TimeSpan.FromHours(hours));
        log.End(StepStatus.Completed, null);

        Assert.All(log.Steps, step => Assert.InRange(step.Duration, 0, 60));
    }
}
