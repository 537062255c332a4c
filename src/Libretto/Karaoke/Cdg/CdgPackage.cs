using System.IO.Compression;
using Libretto.Audio;
using Libretto.Karaoke.Fonts;
using Libretto.Storage;
using Libretto.Tools;

namespace Libretto.Karaoke.Cdg;

/// <summary>Writes a song as MP3+G: <c>NAME.cdg</c> and <c>NAME.mp3</c> in a ZIP, as karaoke players open it.</summary>
internal sealed class CdgPackage(ToolRunner tools, TemporaryFolder folder)
{
    // Writing the packets is most of it.
    private const double DrawnAt = 0.7;

    /// <summary>Writes the package.</summary>
    /// <param name="song">What is shown.</param>
    /// <param name="sound">What is heard.</param>
    /// <param name="name">What the files in it are called, without an ending.</param>
    /// <param name="path">The file to write; one that exists is replaced.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops; nothing half-written remains.</param>
    /// <exception cref="LibrettoException">A letter has no font, ffmpeg is missing, or the disk is full.</exception>
    public async Task WriteAsync(KaraokeSong song, KaraokeSound sound, string name, string path, IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var mp3 = folder.NewFile();
        try
        {
            var packing = new SoundWriter(tools).WriteMp3Async(sound, mp3, cancellationToken);
            using var fonts = await new FontFinder(tools).FindAsync(song.Texts, cancellationToken);
            await WholeFile.WriteAsync(path, async unfinished =>
            {
                await using var zip = new ZipArchive(new FileStream(unfinished, FileMode.Create, FileAccess.Write), ZipArchiveMode.Create);
                await using (var packets = new BufferedStream(zip.CreateEntry($"{name}.cdg", CompressionLevel.Fastest).Open(), 1 << 16))
                    await Task.Run(() => CdgShow.Write(song, fonts, packets, new Part(progress), cancellationToken), cancellationToken);
                await packing;
                await using var entry = zip.CreateEntry($"{name}.mp3", CompressionLevel.NoCompression).Open();
                await using var sounding = File.OpenRead(mp3);
                await sounding.CopyToAsync(entry, cancellationToken);
            });
            progress?.Report(1);
        }
        finally
        {
            File.Delete(mp3);
        }
    }

    private sealed class Part(IProgress<double>? whole) : IProgress<double>
    {
        public void Report(double value) => whole?.Report(value * DrawnAt);
    }
}
