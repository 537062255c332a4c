using Libretto.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Pipeline;

public class ProgressMeterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<SongProgress> _reports = [];
    private readonly ProgressMeter _meter;

    public ProgressMeterTests() =>
        _meter = new ProgressMeter(new SynchronousProgress<SongProgress>(_reports.Add), new ProgressPlan(WorkStep.Transcribe), _time);

    [Fact]
    public void A_step_covers_its_share_of_the_whole()
    {
        var plan = _meter.Plan = new ProgressPlan(WorkStep.Read, WorkStep.Transcribe);
        _meter.Enter(WorkStep.Read, "reading");
        _meter.Report(0.5);
        _meter.Enter(WorkStep.Transcribe, "transcribing");
        _meter.Report(0.5);
        Assert.Equal(
            [0, plan.At(WorkStep.Read, 0.5), plan.ShareOf(WorkStep.Transcribe).From, plan.At(WorkStep.Transcribe, 0.5)],
            _reports.Select(report => report.Fraction));
        Assert.Equal((Stage.Transcribe, "transcribing"), (_reports[^1].Stage, _reports[^1].Message));
    }

    [Fact]
    public void Progress_never_goes_back_and_never_passes_the_end()
    {
        _meter.Enter(WorkStep.Transcribe, "transcribing");
        _meter.Report(0.7);
        _meter.Report(0.4);
        _meter.Report(3);
        Assert.Equal([0, 0.7, 0.7, 1], _reports.Select(report => report.Fraction));
    }

    [Fact]
    public void The_time_left_is_that_of_the_step_at_its_pace_so_far()
    {
        _meter.Enter(WorkStep.Transcribe, "transcribing");
        Assert.Null(_reports[^1].Remaining);
        _time.Advance(TimeSpan.FromSeconds(10));
        _meter.Report(0.25);
        Assert.Equal(TimeSpan.FromSeconds(30), _reports[^1].Remaining);
    }
}
