using System.Globalization;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Wakes workers: those of this process at once, those of others by a notice that says what the job needs, so that only those who can do
/// it look. A wake-up says only that a lane has a job more; which one is next, the table says. So a lost one costs a moment and a doubled
/// one nothing.
/// </summary>
internal sealed class JobQueue
{
    private const string Wakes = "wake ";

    private readonly Notices _notices;
    private readonly LaneSignals _signals;
    private readonly Capabilities _capabilities;
    private readonly IReadOnlyList<string> _lanes;

    public JobQueue(Notices notices, LaneSignals signals, Capabilities capabilities, ServerOptions options)
    {
        (_notices, _signals, _capabilities, _lanes) = (notices, signals, capabilities, options.EffectiveLanes);
        notices.Heard += Hear;
        notices.Missed += WakeHere;
    }

    /// <summary>Tells the workers that can do a job that it waits.</summary>
    public void Wake(Job job) => Wake(job.Lane, JobRequirements.Of(job));

    /// <summary>Tells the workers of a lane that a job waits in it.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="needs">What it needs; all are told when null.</param>
    public void Wake(string lane, JobRequirements? needs = null)
    {
        WakeHere(lane, needs);
        _notices.Send(Notices.Workers, Wakes + lane + (needs is null ? "" : Write(needs)));
    }

    /// <summary>Lets this process look into all of its lanes.</summary>
    public void WakeHere()
    {
        foreach (var lane in _lanes)
            _signals.Signal(lane);
    }

    private void WakeHere(string lane, JobRequirements? needs)
    {
        if (_lanes.Contains(lane) && (needs is null || _capabilities.Meets(needs)))
            _signals.Signal(lane);
    }

    private void Hear(string channel, string text)
    {
        if (channel != Notices.Workers || !text.StartsWith(Wakes, StringComparison.Ordinal))
            return;
        var words = text[Wakes.Length..].Split(' ', 5);
        WakeHere(words[0], Read(words));
    }

    private static string Write(JobRequirements needs) => string.Create(
        CultureInfo.InvariantCulture, $" {(needs.Gpu ? 1 : 0)} {needs.Memory} {(needs.Cookies ? 1 : 0)} {needs.Model}");

    /// <summary>What follows the lane; null where nothing does, or what another version has written.</summary>
    private static JobRequirements? Read(string[] words) =>
        words is [_, var gpu, var memory, var cookies, var model] && int.TryParse(memory, CultureInfo.InvariantCulture, out var megabytes)
            ? new JobRequirements(model.Length == 0 ? null : model, gpu == "1", megabytes, cookies == "1")
            : null;
}
