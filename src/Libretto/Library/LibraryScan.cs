using Libretto.Audio;
using Libretto.Library.Files;
using Libretto.Library.Tags;
using Libretto.Lyrics;
using TagLib;

namespace Libretto.Library;

/// <summary>Looks into the files of a collection: which hold sound, what their tags say, how much their lyrics say.</summary>
/// <param name="decoder">Asked about files that the reader of tags finds damaged.</param>
internal sealed class LibraryScan(AudioDecoder decoder)
{
    private static readonly HashSet<string> s_soundEndings = new(StringComparer.OrdinalIgnoreCase)
    {
        ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".mp4", ".wav", ".aif", ".aiff", ".wma", ".wv", ".ape", ".mka", ".mpc",
        ".aac", ".dsf", ".tta", ".caf", ".alac",
    };

    /// <summary>Looks into a file that is no sidecar.</summary>
    public async Task<ScannedFile> SongAsync(WalkedFile file, CancellationToken cancellationToken)
    {
        var scanned = new ScannedFile(file.Length, file.Modified);
        var ending = Path.GetExtension(file.Name);
        if (file.Length == 0)
            return !s_soundEndings.Contains(ending) ? scanned
                : scanned with { Kind = "", Trouble = "It is empty (0 bytes): copy it again." };
        try
        {
            var kind = Kind(file.Path, ending);
            // What is called a song and is none is worth a word; all else is not.
            if (kind is null)
                return s_soundEndings.Contains(ending) ? await ProbeAsync(file, scanned, "", cancellationToken) : scanned;
            return await TagsAsync(file, scanned with { Kind = kind }, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return scanned with { Kind = s_soundEndings.Contains(ending) ? "" : null, Trouble = $"It cannot be read: {e.Message}" };
        }
    }

    /// <summary>Looks into a sidecar.</summary>
    public static ScannedFile Lyrics(WalkedFile file)
    {
        var scanned = new ScannedFile(file.Length, file.Modified);
        try
        {
            return scanned with { Level = LyricsSurvey.Of(System.IO.File.ReadAllBytes(file.Path), file.Name) };
        }
        catch (LyricsFormatException e)
        {
            // Any program may keep something in JSON under a song's name.
            return file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? scanned : scanned with { Trouble = e.Message };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return scanned with { Trouble = $"It cannot be read: {e.Message}" };
        }
    }

    private static string? Kind(string path, string ending)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        return AudioSignature.Find(stream, ending.Equals(".mp3", StringComparison.OrdinalIgnoreCase));
    }

    private async Task<ScannedFile> TagsAsync(WalkedFile file, ScannedFile scanned, CancellationToken cancellationToken)
    {
        SongTags tags;
        try
        {
            tags = TagReader.Read(file.Path, scanned.Kind!);
        }
        catch (CorruptFileException)
        {
            return await ProbeAsync(file, scanned, scanned.Kind!, cancellationToken);
        }
        // No length: there may be nothing to hear.
        if (tags.Duration <= 0)
            scanned = await ProbeAsync(file, scanned, scanned.Kind!, cancellationToken);
        return scanned with
        {
            Title = tags.Title ?? scanned.Title,
            Artist = tags.Artist ?? scanned.Artist,
            Album = tags.Album ?? scanned.Album,
            Duration = tags.Duration > 0 ? Math.Round(tags.Duration, 3) : scanned.Duration,
            HasVideo = tags.HasVideo ? true : null,
            Level = tags.Lyrics.Select(LevelOf).DefaultIfEmpty().Max(),
        };
    }

    private static LyricsLevel LevelOf(string text)
    {
        try
        {
            return LyricsSurvey.Of(text);
        }
        catch (LyricsFormatException)
        {
            return LyricsLevel.None;
        }
    }

    /// <summary>What ffprobe says, which forgives more; slow, so only of the few that need it.</summary>
    private async Task<ScannedFile> ProbeAsync(WalkedFile file, ScannedFile scanned, string kind, CancellationToken cancellationToken)
    {
        try
        {
            var info = await decoder.ProbeAsync(file.Path, cancellationToken);
            return scanned with
            {
                Kind = kind.Length == 0 ? "other" : kind,
                Title = info.Tag("title"),
                Artist = info.Tag("artist"),
                Album = info.Tag("album"),
                Duration = info.Duration ?? 0,
                HasVideo = info.HasVideo ? true : null,
            };
        }
        catch (AudioException e)
        {
            return scanned with { Kind = kind, Trouble = e.Message };
        }
    }
}
