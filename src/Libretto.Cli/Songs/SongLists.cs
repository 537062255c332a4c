using Libretto.Acquire;
using Libretto.Cli.Results;
using Libretto.Library.Files;
using Libretto.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Songs;

/// <summary>Puts the songs of lists in the lists' places: of files (<c>.m3u</c>, <c>.m3u8</c>, <c>.pls</c>), and of links where that is
/// wished.</summary>
/// <param name="services">The library; asked when a link comes.</param>
/// <param name="items">How many songs of a link that is a list are taken; null takes links for songs.</param>
/// <param name="keep">Whether links that were fetched are kept.</param>
internal sealed class SongLists(IServiceProvider services, int? items, bool keep)
{
    /// <summary>Whether a command line's word names a file that is a list of songs.</summary>
    public static bool IsList(string song) => PipedSongs.IsFile(song) && PlaylistFiles.IsPlaylist(song) && File.Exists(song);

    /// <summary>The songs, each once, in order.</summary>
    /// <param name="words">Files, links and lists, as the user wrote them.</param>
    /// <param name="cancellationToken">Ends the looking at once.</param>
    /// <exception cref="LibrettoException">A list cannot be read, or names no songs.</exception>
    public async Task<string[]> SongsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var songs = new List<string>();
        foreach (var word in words)
        {
            if (IsList(word))
                songs.AddRange(OfFile(word, cancellationToken));
            else if (items is { } most && SongLink.LooksLikeLink(word))
                songs.AddRange(await OfLinkAsync(word, most, cancellationToken));
            else
                songs.Add(word);
        }
        return [.. songs.Distinct()];
    }

    private static List<string> OfFile(string list, CancellationToken cancellationToken)
    {
        // What is missing stays, and fails in its turn as it would alone.
        var songs = new PlaylistFiles(ErrorReport.Say).Songs(list, cancellationToken).ToList();
        return songs.Count > 0 ? songs : throw InputException.NoSongs(list);
    }

    private async Task<IReadOnlyList<string>> OfLinkAsync(string word, int most, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(services.GetRequiredService<TemporaryFolder>().NewFile()).FullName;
        try
        {
            ErrorReport.Say($"asking for the songs of {word}");
            var request = new LinkRequest(SongLink.ParseList(word), folder) { Keep = keep };
            if (await services.GetRequiredService<LinkFetch>().ListAsync(request, most, cancellationToken) is not { } list)
                return [word];
            var of = list.Count > list.Links.Count ? $"the first {list.Links.Count} of {list.Count} songs" : $"{list.Links.Count} songs";
            ErrorReport.Say($"{list.Title ?? word}: {of}");
            return list.Links.Count > 0 ? list.Links : throw InputException.NoSongs(word);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
