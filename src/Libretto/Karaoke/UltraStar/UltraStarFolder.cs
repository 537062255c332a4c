using Libretto.Audio;
using Libretto.Lyrics.Formats.UltraStar;
using Libretto.Tools;

namespace Libretto.Karaoke.UltraStar;

/// <summary>Writes a folder as UltraStar and the games like it expect it: the chart, the song, its stems, its cover, its video.</summary>
internal sealed class UltraStarFolder(ToolRunner tools)
{
    private const int CoverWidth = 1000;

    /// <summary>Writes the folder; files in it of the same names are replaced.</summary>
    /// <param name="song">Words with syllables and notes.</param>
    /// <param name="recording">The song's file.</param>
    /// <param name="vocals">The voice as a file; null where there is none.</param>
    /// <param name="instrumental">The accompaniment, likewise.</param>
    /// <param name="name">What the files begin with.</param>
    /// <param name="folder">The folder, made if it is not there.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    public async Task WriteAsync(
        KaraokeSong song, AudioInfo recording, string? vocals, string? instrumental, string name, string folder,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var sounds = new SoundWriter(tools);
        var media = new UltraStarMedia($"{name}.mp3")
        {
            Vocals = vocals is null ? null : $"{name} [VOC].mp3",
            Instrumental = instrumental is null ? null : $"{name} [INSTR].mp3",
            Cover = recording.HasCoverArt && await new CoverArt(tools).WriteAsync(
                recording.Path, Path.Combine(folder, $"{name} [CO].jpg"), CoverWidth, cancellationToken) ? $"{name} [CO].jpg" : null,
            Video = recording.HasVideo ? $"{name}{Path.GetExtension(recording.Path)}" : null,
        };
        await sounds.WriteMp3Async(KaraokeSound.Of(recording), Path.Combine(folder, media.Audio), cancellationToken);
        if (vocals is not null)
            await sounds.WriteMp3Async(new KaraokeSound(vocals), Path.Combine(folder, media.Vocals!), cancellationToken);
        if (instrumental is not null)
            await sounds.WriteMp3Async(new KaraokeSound(instrumental), Path.Combine(folder, media.Instrumental!), cancellationToken);
        if (media.Video is { } video)
            await WholeFile.WriteAsync(Path.Combine(folder, video), path => CopyAsync(recording.Path, path, cancellationToken));
        var chart = UltraStarWriter.Write(song.Document with { Duration = song.Duration }, media, null);
        await WholeFile.WriteAsync(Path.Combine(folder, $"{name}.txt"), path => File.WriteAllTextAsync(path, chart, cancellationToken));
    }

    private static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var source = File.OpenRead(from);
        await using var target = new FileStream(to, FileMode.Create, FileAccess.Write);
        await source.CopyToAsync(target, cancellationToken);
    }
}
