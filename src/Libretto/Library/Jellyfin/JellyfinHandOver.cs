using System.Security.Cryptography;
using System.Text;
using Libretto.Lyrics;
using Libretto.Output;

namespace Libretto.Library.Jellyfin;

/// <summary>What came of handing lyrics to a Jellyfin server.</summary>
/// <param name="Handed">Songs whose lyrics it took.</param>
/// <param name="Unknown">Songs that it does not know, or not for sure; the next run tries again.</param>
/// <param name="Refused">Songs whose lyrics it did not take; the next run tries again.</param>
public sealed record HandOverCounts(int Handed, int Unknown, int Refused)
{
    /// <summary>The first failure; null when there was none.</summary>
    public LibrettoException? FirstError { get; init; }
}

/// <summary>Hands all lyrics of a collection that Libretto wrote to a Jellyfin server, each once, and remembers which.</summary>
public sealed class JellyfinHandOver
{
    // Both are read there; the first tells more.
    private static readonly ILyricsFormat[] s_formats = [LyricsFormats.EnhancedLrc, LyricsFormats.Lrc];

    private readonly JellyfinLyrics _server;
    private readonly WrittenFiles _written;
    private readonly string _memory;

    /// <summary>Creates it; nothing is sent yet.</summary>
    /// <param name="server">The server.</param>
    /// <param name="state">Libretto's folder for state, as <see cref="StateFolder"/> says.</param>
    /// <param name="written">Knows which lyrics Libretto wrote.</param>
    public JellyfinHandOver(JellyfinLyrics server, string state, WrittenFiles written)
    {
        ArgumentNullException.ThrowIfNull(server);
        (_server, _written) = (server, written);
        _memory = Path.Combine(state, "jellyfin", Hash(Encoding.UTF8.GetBytes(server.Address.AbsoluteUri))[..16]);
    }

    /// <summary>Whether a format is one that is handed over.</summary>
    public static bool Takes(ILyricsFormat format) => s_formats.Contains(format);

    /// <summary>Hands over what was not yet. One song that is refused does not keep the others from being handed.</summary>
    /// <param name="report">What came of the collection's songs.</param>
    /// <param name="trouble">Told of each song that was not taken.</param>
    /// <param name="cancellationToken">Stops; what was handed over stays so.</param>
    public async Task<HandOverCounts> RunAsync(
        LibraryReport report, Action<string>? trouble = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        var (handed, unknown, refused) = (0, 0, 0);
        LibrettoException? first = null;
        foreach (var song in report.Songs.Where(HasLyrics).Select(outcome => outcome.Song))
        {
            if (FileOf(song) is not { } file || MarkOf(song, file) is var mark && File.Exists(mark))
                continue;
            try
            {
                if (await _server.UploadAsync(song, file, cancellationToken))
                {
                    Remember(mark);
                    handed++;
                    continue;
                }
                unknown++;
                trouble?.Invoke($"{_server.Address.Authority} does not know {song.Path}, or not for sure: have it look at its folders.");
            }
            catch (LibrettoException e) when (!cancellationToken.IsCancellationRequested)
            {
                refused++;
                first ??= e;
                trouble?.Invoke(e.Message);
                // What is wrong for a song is so for every other.
                if (e.Kind == ErrorKind.Missing)
                    break;
            }
        }
        return new HandOverCounts(handed, unknown, refused) { FirstError = first };
    }

    private static bool HasLyrics(LibraryOutcome outcome) =>
        outcome.Result == LibraryResult.Written || outcome is { Result: LibraryResult.Left, Song.Action: LibraryAction.Keep };

    /// <summary>The lyrics beside a song that Libretto wrote; those of others the server finds by itself.</summary>
    private string? FileOf(PlannedSong song) => s_formats.Select(format => PlanRules.Target(song.Path, format))
        .FirstOrDefault(file => new FileInfo(file) is { Exists: true, Length: > 0 } && _written.Holds(file));

    private string MarkOf(PlannedSong song, string file) =>
        Path.Combine(_memory, Hash([.. Encoding.UTF8.GetBytes(song.Path), 0, .. File.ReadAllBytes(file)]));

    private void Remember(string mark)
    {
        try
        {
            Directory.CreateDirectory(_memory);
            File.Create(mark).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The server has them; only the next run hands them over once more.
        }
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
