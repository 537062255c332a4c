using Libretto.Library.Files;
using Libretto.Library.Tags;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using TagLib;

namespace Libretto.Library;

/// <summary>The lyrics that lie with a single song: beside it, or in its tags.</summary>
public static class LyricsBeside
{
    /// <summary>Finds those that tell most; of several that tell equally much, those that come first in docs/library.md.</summary>
    /// <param name="song">The song's file.</param>
    /// <param name="leftOut">Whether a file beside it is left out; null to look at all.</param>
    /// <returns>The lyrics and their place (see <see cref="KnownLyrics.Place"/>); null when there are none.</returns>
    /// <exception cref="LibrettoException">The song or its folder cannot be read.</exception>
    public static (LyricsReading Lyrics, string Place)? Find(string song, Func<string, bool>? leftOut = null)
    {
        ArgumentNullException.ThrowIfNull(song);
        try
        {
            var path = Path.GetFullPath(song);
            var files = Directory.EnumerateFiles(Path.GetDirectoryName(path)!)
                .Select(file => new WalkedFile(file, 0, 0)).OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
            var sidecars = Sidecars.Of(files);
            var beside = sidecars[Sidecars.Key(Path.GetFileNameWithoutExtension(path))]
                .Concat(sidecars[Sidecars.Key(Path.GetFileName(path))])
                .Where(file => leftOut?.Invoke(file.Path) != true)
                .Select(file => (Lyrics: TryRead(() => LyricsReader.Read(System.IO.File.ReadAllBytes(file.Path), file.Name)), file.Path));
            var inside = InTags(path).Select(text => (Lyrics: TryRead(() => LyricsReader.Read(text)), Path: KnownLyrics.Tags));
            var found = beside.Concat(inside).Where(source => source.Lyrics is not null)
                .Select(source => (Lyrics: source.Lyrics!, source.Path, Level: LyricsSurvey.Of(source.Lyrics!.Document)))
                .Where(source => source.Level is not (LyricsLevel.None or LyricsLevel.Instrumental)).ToList();
            return found.Count == 0 ? null : found.MaxBy(source => source.Level) is var best ? (best.Lyrics, best.Path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LibrettoException(
                ErrorKind.Input, "file_unreadable", $"{song} cannot be read: {e.Message} Check the name.", inner: e);
        }
    }

    private static LyricsReading? TryRead(Func<LyricsReading> read)
    {
        try
        {
            return read();
        }
        catch (LyricsFormatException)
        {
            // What lies there was not asked for by name.
            return null;
        }
    }

    private static IReadOnlyList<string> InTags(string path)
    {
        try
        {
            using var file = System.IO.File.OpenRead(path);
            return AudioSignature.Find(file, claimsMp3: true) is { } kind ? TagReader.Read(path, kind).Lyrics : [];
        }
        catch (CorruptFileException)
        {
            return [];
        }
    }
}
