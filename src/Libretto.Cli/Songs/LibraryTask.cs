using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Library;
using Libretto.Library.Jellyfin;

namespace Libretto.Cli.Songs;

/// <summary>A collection's way on the command line: planned, worked on, reported, handed over; once, or while it is watched.</summary>
/// <param name="session">The work on it.</param>
/// <param name="request">What is wanted.</param>
/// <param name="reportFile">Where the report goes; null for nowhere.</param>
/// <param name="handOver">Where lyrics are handed to; null for nowhere.</param>
/// <param name="display">Shows the work.</param>
internal sealed class LibraryTask(
    LibrarySession session, LibraryRequest request, LibraryReportFile? reportFile, JellyfinHandOver? handOver, LibraryDisplay display)
{
    private readonly HashSet<string> _told = [];
    private bool _isTriedAgain;

    /// <summary>Does what there is to do.</summary>
    /// <returns>The exit code: that of the first song that failed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var plan = await session.PlanAsync(display, cancellationToken);
        display.Planned(plan, withSongs: request.DryRun);
        if (!request.DryRun)
            return Code(await WorkAsync(plan, cancellationToken));
        var untried = plan.Songs.Select(song => new LibraryOutcome(song, LibraryResult.NotTried) { Notices = song.Notices });
        reportFile?.Write(new LibraryReport([.. untried], plan), isDryRun: true);
        return ExitCodes.Done;
    }

    /// <summary>Does what there is to do, over and over, until it is cancelled.</summary>
    public async Task<int> WatchAsync(CancellationToken cancellationToken)
    {
        display.Watching(request.Folders);
        while (true)
        {
            await session.WaitAsync(_isTriedAgain, cancellationToken);
            var plan = await session.PlanAsync(display, cancellationToken);
            // Whoever watches is told when there is something to tell.
            if (plan.Work.Any())
                display.Planned(plan, withSongs: false);
            _isTriedAgain = false;
            await WorkAsync(plan, cancellationToken);
        }
    }

    private static int Code(LibrettoException? error) => error is null ? ExitCodes.Done : ExitCodes.Of(error);

    private async Task<LibrettoException?> WorkAsync(LibraryPlan plan, CancellationToken cancellationToken)
    {
        var done = await session.RunAsync(plan, display, display, cancellationToken);
        if (request.AtRest == TimeSpan.Zero || plan.Work.Any())
        {
            reportFile?.Write(done, isDryRun: false);
            display.Ended(done);
        }
        _isTriedAgain |= done.FirstError is not null;
        return handOver is null ? done.FirstError : await HandOverAsync(handOver, done, cancellationToken);
    }

    private async Task<LibrettoException?> HandOverAsync(
        JellyfinHandOver to, LibraryReport done, CancellationToken cancellationToken)
    {
        var before = _told.Count;
        var counts = await to.RunAsync(done, Tell, cancellationToken);
        if (counts.Handed > 0 || _told.Count > before)
            display.HandedOver(counts);
        // A song that the server does not know yet is no failure, but worth another try.
        _isTriedAgain |= counts.Unknown > 0 || counts.FirstError is not null;
        return done.FirstError ?? counts.FirstError;
    }

    /// <summary>Says a sentence once, however often the work is tried again.</summary>
    private void Tell(string sentence)
    {
        if (_told.Add(sentence))
            ErrorReport.Say(OneLine.Of(sentence));
    }
}
