using Libretto.Models;
using Libretto.Pipeline;

namespace Libretto.Cli.Display;

/// <summary>Shows on standard error how the work goes. Reports may come from any thread, one at a time.</summary>
internal interface IDisplay : IProgress<SongProgress>, IProgress<ModelProgress>
{
    /// <summary>Does the work while showing it.</summary>
    Task RunAsync(Func<Task> work);

    /// <summary>A song begins; all reports up to its end are about it.</summary>
    /// <param name="song">Its path.</param>
    /// <param name="number">Its place, from 1.</param>
    /// <param name="count">How many songs there are.</param>
    void Begin(string song, int number, int count);

    void Succeeded(SongOutcome outcome);

    void Failed(string song, LibrettoException error);

    /// <summary>All songs are through.</summary>
    /// <param name="done">Those with a result.</param>
    /// <param name="failed">Those without.</param>
    /// <param name="untried">Those not begun, because what stopped another would stop them too.</param>
    void Summarise(int done, int failed, int untried);
}

/// <summary>A song that is done.</summary>
/// <param name="Song">Its path.</param>
/// <param name="Files">The files written.</param>
/// <param name="Duration">The song's length.</param>
/// <param name="Taken">What the work took.</param>
internal sealed record SongOutcome(string Song, IReadOnlyList<string> Files, TimeSpan Duration, TimeSpan Taken)
{
    /// <summary>Lines of lyrics; null when the work was about sound alone.</summary>
    public int? Lines { get; init; }

    /// <summary>Words; null when the work was about sound alone.</summary>
    public int? Words { get; init; }
}
