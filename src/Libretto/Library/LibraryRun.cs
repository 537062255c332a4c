using Libretto.Library.Files;
using Libretto.Pipeline;

namespace Libretto.Library;

/// <summary>Does a plan, several songs at the same time where that is wanted.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="work">Works on one song.</param>
/// <param name="time">Measures.</param>
internal sealed class LibraryRun(LibraryRequest request, LibrarySongWork work, TimeProvider time)
{
    /// <summary>Does it; see <see cref="LibrarySession.RunAsync"/>.</summary>
    public async Task<LibraryReport> RunAsync(
        LibraryPlan plan, IProgress<LibraryProgress>? progress, IProgress<SongProgress>? song, CancellationToken cancellationToken)
    {
        var todo = plan.Work.ToList();
        var outcomes = new Dictionary<PlannedSong, LibraryOutcome>(ReferenceEqualityComparer.Instance);
        var (telling, begun) = (new Lock(), time.GetTimestamp());
        LibrettoException? first = null;
        // What is missing or wrong for a song is so for every other that needs the same.
        var stopped = new Dictionary<LibraryAction, LibrettoException>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = request.Jobs, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            todo, options, async (planned, token) =>
            {
                lock (telling)
                    if (stopped.ContainsKey(planned.Action))
                        return;
                var from = time.GetTimestamp();
                LibraryOutcome outcome;
                LibrettoException? error = null;
                try
                {
                    outcome = await work.RunAsync(planned, song, token);
                }
                catch (LibrettoException e) when (!token.IsCancellationRequested)
                {
                    error = e;
                    outcome = new LibraryOutcome(planned, LibraryResult.Failed)
                    {
                        Code = e.Code, Error = e.Message, Notices = planned.Notices,
                    };
                }
                outcome = outcome with { Taken = Math.Round(time.GetElapsedTime(from).TotalSeconds, 2) };
                lock (telling)
                {
                    first ??= error;
                    if (error is { Kind: ErrorKind.Missing or ErrorKind.Usage })
                        stopped.TryAdd(planned.Action, error);
                    Remember(outcome, error);
                    outcomes[planned] = outcome;
                    var (done, count) = (outcomes.Count, todo.Count);
                    progress?.Report(new LibraryProgress(outcome, done, count, time.GetElapsedTime(begun) / done * (count - done)));
                }
            });
        return new LibraryReport(
            [.. plan.Songs.Select(planned => outcomes.GetValueOrDefault(planned) ??
                new LibraryOutcome(planned, planned.IsWork ? LibraryResult.NotTried : LibraryResult.Left) { Notices = planned.Notices })],
            plan)
        {
            FirstError = first,
        };
    }

    /// <summary>Writes down what need not be done again; what may go away by itself is tried the next time.</summary>
    private void Remember(LibraryOutcome outcome, LibrettoException? error)
    {
        var song = outcome.Song;
        if (error is not null && (error.IsTransient || error.Kind is not ErrorKind.Input and not ErrorKind.TooLarge))
            return;
        // Tags may have made another file of it.
        if (WalkedFile.At(song.Path) is not { } file)
            return;
        song.State.Add(new LibraryRecord(song.Path, file.Length, file.Modified)
        {
            Action = song.Action,
            Error = error?.Message,
            Instrumental = outcome.Result == LibraryResult.NoWords ? true : null,
            Formats = [.. request.Formats.Select(format => format.Name)],
            Tags = request.Tags,
            Foreign = work.ForeignTo(song),
            Duration = song.Duration,
            Taken = outcome.Taken,
        });
    }
}
