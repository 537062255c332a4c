using System.Diagnostics;
using Libretto.Acquire;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Output;
using Libretto.Pipeline;
using Libretto.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Songs;

/// <summary>
/// Songs that come through standard input (<c>-</c>), a named pipe or a shell's process substitution: what can be read only once is copied
/// to a file of Libretto's own, then worked on as any other song.
/// </summary>
/// <param name="services">The library.</param>
/// <param name="display">Shows the work.</param>
internal sealed class PipedSongs(IServiceProvider services, IDisplay display)
{
    /// <summary>Whether a command line's word names a file that can be opened again and again.</summary>
    public static bool IsFile(string song) => !SongLink.LooksLikeLink(song) && !IsPiped(song);

    /// <summary>Whether it names a pipe. Such have no length, as an empty file has none.</summary>
    public static bool IsPiped(string song) =>
        song == StandardInput.Word || (File.Exists(song) && (IsDevice(song) || new FileInfo(song).Length == 0));

    /// <summary>What its results are called.</summary>
    public static string NameOf(string song) =>
        song == StandardInput.Word || IsDevice(song) ? "stdin" : Path.GetFileNameWithoutExtension(song);

    /// <summary>Copies a song to a file and works on it.</summary>
    /// <param name="song">As the user wrote it.</param>
    /// <param name="work">Done while the copy, whose path it is given, is there.</param>
    /// <param name="cancellationToken">Ends the copying at once, whatever the other side does.</param>
    public async Task<SongOutcome> RunAsync(string song, Func<string, Task<SongOutcome>> work, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var copy = services.GetRequiredService<TemporaryFolder>().NewFile();
        try
        {
            display.Report(new SongProgress(Stage.Acquire, 0, "reading what comes through the pipe"));
            // Opening a pipe waits for its other side, and neither that nor reading can be interrupted.
            await Task.Run(() => CopyAsync(song, copy, cancellationToken), cancellationToken).WaitAsync(cancellationToken);
            return await work(copy) with { Song = song, Taken = clock.Elapsed };
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static async Task CopyAsync(string song, string copy, CancellationToken cancellationToken)
    {
        await using var input = Open(song);
        if (input.CanSeek && input.Length == 0)
            throw InputException.Empty(song);
        try
        {
            await using var file = new FileStream(copy, FileMode.CreateNew, FileAccess.Write);
            await input.CopyToAsync(file, cancellationToken);
            if (file.Length == 0)
                throw InputException.NothingCame(song);
        }
        catch (IOException e)
        {
            throw OutputException.CannotWrite(copy, e);
        }
    }

    private static Stream Open(string song)
    {
        try
        {
            return song == StandardInput.Word
                ? StandardInput.Open()
                : new FileStream(song, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputException.Unreadable(song, e);
        }
    }

    private static bool IsDevice(string song) =>
        Path.GetFullPath(song) is var path &&
        (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal));
}
