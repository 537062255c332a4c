using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;

namespace Libretto.Server.Tests.Api;

/// <summary>Steps in words for people.</summary>
public sealed class StepsViewTests
{
    [Fact]
    public void A_step_done_here_is_of_this_machine() =>
        Assert.Equal("this machine: whisper-base", MethodText("whisper/whisper-base", $"{Environment.MachineName}:12:ab12"));

    [Theory]
    [InlineData("whisper/whisper-base", "worker gpu-1: whisper-base")]
    [InlineData("moonshine/tiny", "worker gpu-1: moonshine-tiny")]
    [InlineData("spleeter-2stems", "worker gpu-1: spleeter-2stems")]
    [InlineData("attention", "worker gpu-1: by attention")]
    [InlineData("groq/whisper-large-v3-turbo", "groq: whisper-large-v3-turbo")]
    [InlineData("cache", "found in the cache")]
    [InlineData("download", "downloaded")]
    public void A_step_done_elsewhere_names_the_worker_where_that_matters(string method, string text) =>
        Assert.Equal(text, MethodText(method, "gpu-1:12:ab12"));

    [Fact]
    public void The_first_job_of_a_kind_has_an_estimate_for_every_step_to_come()
    {
        var now = DateTime.UtcNow;
        var job = new Job
        {
            Id = "1",
            Options = new JobOptions { Stems = true },
            Status = JobStatus.Running,
            Lane = Lane.Compute,
            Duration = 180,
            LyricsKey = "given/x",
            ProgressLog = [new JobStep("acquire", StepStatus.Running, 5, "reading", now, 0) { Method = "upload" }],
        };

        var steps = StepsView.Of(job, [], now).Steps;

        Assert.All(steps, step => Assert.True(step.Estimate is { } estimate && estimate.Low <= estimate.Likely && estimate.Likely <= estimate.High && step.EstimateText is not null, step.Step));
        Assert.True(steps.Single(step => step.Step == "transcribe").Estimate!.High >= 10);
    }

    [Fact]
    public void A_first_job_that_takes_longer_than_usual_is_not_said_to_be_done()
    {
        var late = StageTimes.Estimate("transcribe", "whisper/whisper-base", null, 180, 3600, []);
        Assert.InRange(late!.High, 600, 3600);
    }

    [Fact]
    public void A_hosted_engine_is_judged_by_none_of_this_machines() =>
        Assert.NotEqual(StageTimes.Estimate("transcribe", "whisper/whisper-large-v3", null, 180, 0, []), StageTimes.Estimate("transcribe", "groq/whisper-large-v3", null, 180, 0, []));

    [Fact]
    public void What_may_be_done_at_once_is_said_to_take_up_to_a_time_and_not_from_nothing() =>
        Assert.Equal("up to 50 s", Wording.Left(new TimeEstimate(0.3, 20, 50)));

    private static string? MethodText(string method, string worker)
    {
        var now = DateTime.UtcNow;
        var job = new Job
        {
            Id = "1",
            Options = new JobOptions(),
            Status = JobStatus.Running,
            Lane = Lane.Compute,
            Worker = worker,
            ProgressLog = [new JobStep("transcribe", StepStatus.Running, 50, "listening", now, 0) { Method = method }],
        };
        return StepsView.Of(job, [], now).Steps.Single(step => step.Step == "transcribe").MethodText;
    }
}
