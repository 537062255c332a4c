using System.Security.Cryptography;
using System.Text;
using Libretto.Library.Files;

namespace Libretto.Library.Watch;

/// <summary>Tells when a collection should be looked through again: when files have come, or changed, and have come to rest.</summary>
/// <param name="roots">Its folders and lists.</param>
/// <param name="resting">Knows which files are at rest.</param>
/// <param name="time">Measures.</param>
internal sealed class LibraryWatch(IReadOnlyList<string> roots, RestingFiles resting, TimeProvider time) : IDisposable
{
    /// <summary>How often folders are looked at that tell nothing by themselves; large ones more seldom.</summary>
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(10);

    /// <summary>So many times as long as a look took nobody looks again.</summary>
    private const int Leisure = 50;

    private readonly FolderSigns _signs = new(roots);
    private string _known = Convert.ToHexString(SHA256.HashData([]));

    /// <summary>Waits until the files that are at rest are others than the last time.</summary>
    /// <param name="most">Returns after so long in any case; null for never.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(TimeSpan? most, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (most is null || time.GetElapsedTime(begun) < most)
        {
            var from = time.GetTimestamp();
            var (found, isRestless) = await Task.Run(() => Look(cancellationToken), cancellationToken);
            if (found != _known)
            {
                _known = found;
                return;
            }
            var pause = isRestless ? resting.Rest : Longer(s_lookAgain, Leisure * time.GetElapsedTime(from));
            if (most is { } end)
                pause = Longer(TimeSpan.FromMilliseconds(1), pause < end ? pause : end);
            if (isRestless)
                await Task.Delay(pause, time, cancellationToken);
            else
                await _signs.WaitAsync(pause, cancellationToken);
        }
    }

    public void Dispose() => _signs.Dispose();

    /// <summary>What is at rest, as a hash of its files, and whether anything is not.</summary>
    private (string Found, bool IsRestless) Look(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isRestless = false;
        resting.Begin();
        var walk = new LibraryWalk((_, _) => { });
        var folders = roots.SelectMany(root => LibraryFolders.Of(root, walk, _ => { }, cancellationToken));
        foreach (var file in folders.SelectMany(folder => folder.Files))
        {
            if (!resting.IsAtRest(file))
                isRestless = true;
            else
                hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{file.Path}\0{file.Length} {file.Modified}\n")));
        }
        return (Convert.ToHexString(hash.GetHashAndReset()), isRestless);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
