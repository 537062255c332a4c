using Libretto.Cli.Display;
using Libretto.Pipeline;

namespace Libretto.Cli.Songs;

/// <summary>A song and what is to be done with it.</summary>
/// <param name="Song">Its path, as the user wrote it.</param>
/// <param name="Work">Does it and says what came of it.</param>
internal sealed record SongTask(string Song, Func<CancellationToken, Task<SongOutcome>> Work)
{
    /// <summary>Tasks in the order given; a song named twice is one.</summary>
    /// <param name="songs">Files and links, as the user wrote them.</param>
    /// <param name="files">What is planned for the files.</param>
    /// <param name="nameOf">Which of the songs a plan is for.</param>
    /// <param name="workOnFile">Works on a file.</param>
    /// <param name="workOnOther">Works on a link or a pipe.</param>
    public static IReadOnlyList<SongTask> Of<T>(
        IEnumerable<string> songs,
        IEnumerable<T> files,
        Func<T, string> nameOf,
        Func<T, CancellationToken, Task<SongOutcome>> workOnFile,
        Func<string, CancellationToken, Task<SongOutcome>> workOnOther)
    {
        var planned = files.ToDictionary(nameOf);
        return [.. songs.Distinct()
            .Where(song => !PipedSongs.IsFile(song) || planned.ContainsKey(song))
            .Select(song => planned.TryGetValue(song, out var file)
                ? new SongTask(song, token => workOnFile(file, token))
                : new SongTask(song, token => workOnOther(song, token)))];
    }
}

/// <summary>Songs one after the other: one that fails does not keep the others from being done.</summary>
/// <param name="display">Shows the work.</param>
internal sealed class SongBatch(IDisplay display)
{
    /// <returns>The exit code: that of the first song that failed.</returns>
    public async Task<int> RunAsync(IReadOnlyList<SongTask> songs, CancellationToken cancellationToken)
    {
        var exitCode = ExitCodes.Done;
        await display.RunAsync(async () => exitCode = await WorkAsync(songs, cancellationToken));
        return exitCode;
    }

    private async Task<int> WorkAsync(IReadOnlyList<SongTask> songs, CancellationToken cancellationToken)
    {
        var (done, failed, exitCode) = (0, 0, ExitCodes.Done);
        for (var i = 0; i < songs.Count; i++)
        {
            try
            {
                display.Begin(songs[i].Song, i + 1, songs.Count);
                display.Succeeded(await songs[i].Work(cancellationToken));
                done++;
            }
            catch (LibrettoException e) when (!cancellationToken.IsCancellationRequested)
            {
                display.Failed(songs[i].Song, e);
                failed++;
                if (exitCode == ExitCodes.Done)
                    exitCode = ExitCodes.Of(e);
                if (ExitCodes.ConcernsEverySong(ExitCodes.Of(e)))
                    break;
            }
        }
        display.Summarise(done, failed, songs.Count - done - failed);
        return exitCode;
    }
}
