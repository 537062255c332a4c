using Libretto.Server.Api;
using Libretto.Server.Data.Entities;

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
