using Libretto.Library;
using Libretto.Server.Data;
using Libretto.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Operations;

/// <summary>
/// Watches the folders of <c>LIBRETTO_WATCH</c>, as <c>libretto library --watch</c> does: a new or changed song that has come to rest
/// becomes a job, and its results go beside it. Of all orchestrators the one that leads does.
/// </summary>
internal sealed partial class WatchedFolders(
    SongLibrary library, WatchedSongs songs, Leadership leadership, ServerOptions options, LibrettoSettings settings, TimeProvider time,
    ILogger<WatchedFolders> log) : BackgroundService
{
    /// <summary>Songs whose jobs are waited for at the same time.</summary>
    private const int JobsAtOnce = 4;

    private readonly HashSet<string> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(options.ScanEvery, time, stoppingToken);
            if (!leadership.Leads)
                continue;
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (LibrettoException e)
            {
                // A folder that is away, or another program at work on it.
                Tell(e.Message);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                Tell(e.Message);
            }
        }
    }

    /// <summary>Watches for as long as this process leads.</summary>
    private async Task WatchAsync(CancellationToken ct)
    {
        var request = new LibraryRequest(options.Watch)
        {
            AtRest = LibraryRequest.UsualRest,
            Jobs = JobsAtOnce,
            Lyrics = options.OffersLookup && !settings.Local ? LyricsUse.LookUp : LyricsUse.Sidecar,
            StateFolder = Path.Combine(options.DataFolder, "watch"),
        };
        using var session = library.Open(request, songs);
        foreach (var folder in options.Watch)
            LogWatching(folder);
        using var led = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var leading = UntilAnotherLeadsAsync(led);
        try
        {
            var isTriedAgain = false;
            while (true)
            {
                await session.WaitAsync(isTriedAgain, led.Token);
                var plan = await session.PlanAsync(cancellationToken: led.Token);
                foreach (var trouble in plan.Troubles.Concat(plan.Songs.Where(song => !song.IsWork).SelectMany(NoticesOf)))
                    Tell(trouble);
                var report = await session.RunAsync(plan, new Told(this), cancellationToken: led.Token);
                isTriedAgain = report.FirstError is not null;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Another leads, and watches from now on.
        }
        finally
        {
            await led.CancelAsync();
            await leading;
        }
    }

    private async Task UntilAnotherLeadsAsync(CancellationTokenSource led)
    {
        try
        {
            while (leadership.Leads)
                await Task.Delay(options.ScanEvery, time, led.Token);
            await led.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
    }

    private static IEnumerable<string> NoticesOf(PlannedSong song) => song.Notices.Select(notice => $"{song.Path}: {notice}");

    private void Tell(string trouble)
    {
        lock (_told)
            if (_told.Add(trouble))
                LogTrouble(trouble);
    }

    /// <summary>Writes each song that has ended into the log.</summary>
    private sealed class Told(WatchedFolders watched) : IProgress<LibraryProgress>
    {
        public void Report(LibraryProgress value)
        {
            if (value.Outcome.Error is { } error)
                watched.Tell(error);
            else
                watched.LogDone(value.Outcome.Song.Path, value.Outcome.Words);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Watching {Folder} for songs")]
    private partial void LogWatching(string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Song}: {Words} words, written beside it")]
    private partial void LogDone(string song, int words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Watched folders: {Trouble}")]
    private partial void LogTrouble(string trouble);
}
