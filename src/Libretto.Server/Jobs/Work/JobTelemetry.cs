using System.Diagnostics;
using System.Diagnostics.Metrics;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Transcribe.Hosted;

namespace Libretto.Server.Jobs.Work;

/// <summary>Traces and metrics of jobs under the name <c>Libretto</c>; docs/server.md lists them.</summary>
internal sealed class JobTelemetry
{
    public const string SourceName = "Libretto";

    private static readonly ActivitySource s_source = new(SourceName);

    private readonly Counter<long> _finished;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _jobSeconds;
    private readonly Histogram<double> _stageSeconds;

    public JobTelemetry(IMeterFactory meters, QueueState queue, HostedStatus hosted)
    {
        var meter = meters.Create(SourceName);
        _finished = meter.CreateCounter<long>("libretto.jobs.finished", "{job}", "Jobs that ended, by status.");
        _errors = meter.CreateCounter<long>("libretto.engine.errors", "{error}", "Jobs that failed, by code.");
        _jobSeconds = meter.CreateHistogram<double>("libretto.job.duration", "s", "Seconds a completed job was worked on.");
        _stageSeconds = meter.CreateHistogram<double>("libretto.stage.duration", "s", "Seconds a stage took, by stage and method.");
        meter.CreateObservableCounter(
            "libretto.hosted.requests",
            () => hosted.Engines.SelectMany(engine => new[]
            {
                new Measurement<long>(engine.Requests - engine.Failures, Tag("engine", engine.Name), Tag("outcome", "answered")),
                new Measurement<long>(engine.Failures, Tag("engine", engine.Name), Tag("outcome", "failed")),
            }),
            "{request}",
            "Requests to engines on the network, by engine and outcome.");
        meter.CreateObservableGauge(
            "libretto.hosted.failing",
            () => hosted.Engines.Select(engine => new Measurement<int>(engine.IsFailing ? 1 : 0, Tag("engine", engine.Name))),
            "{engine}",
            "1 for an engine on the network that takes no songs.");
        meter.CreateObservableGauge(
            "libretto.queue.length",
            () => Lane.All.Select(lane => new Measurement<int>(queue.Ready(lane), new KeyValuePair<string, object?>("lane", lane))),
            "{job}",
            "Jobs that wait and could begin, by lane.");
        meter.CreateObservableGauge(
            "libretto.queue.oldest",
            () => Lane.All.Select(lane => new Measurement<double>(queue.OldestAge(lane), new KeyValuePair<string, object?>("lane", lane))),
            "s",
            "Seconds the oldest of them has waited, by lane.");
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    public static Activity? StartJob(Job job) => s_source.StartActivity("job")?.SetTag("libretto.job.id", job.Id)
        .SetTag("libretto.lane", job.Lane);

    public void Finished(string status, double seconds)
    {
        _finished.Add(1, new KeyValuePair<string, object?>("status", status));
        if (status == JobStatus.Completed)
            _jobSeconds.Record(seconds);
    }

    public void Stages(IEnumerable<JobStep> steps)
    {
        foreach (var step in steps.Where(step => step.Status == StepStatus.Completed))
            _stageSeconds.Record(
                step.Duration, new KeyValuePair<string, object?>("stage", step.Step),
                new KeyValuePair<string, object?>("method", step.Method ?? ""));
    }

    public void EngineError(string code) => _errors.Add(1, new KeyValuePair<string, object?>("code", code));
}
