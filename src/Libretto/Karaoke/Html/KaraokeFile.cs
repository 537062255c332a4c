using Libretto.Audio;
using Libretto.Storage;
using Libretto.Tools;

namespace Libretto.Karaoke.Html;

/// <summary>Writes a song as one HTML file that plays in any browser, from a disk, without a network.</summary>
internal sealed class KaraokeFile(ToolRunner tools, AudioDecoder decoder, TemporaryFolder folder)
{
    // Where its sliders begin: a guide is heard at the square of it.
    private const int GuideLevel = 40;

    /// <summary>Writes the file.</summary>
    /// <param name="song">Its words.</param>
    /// <param name="recording">The song's file, and its audio track.</param>
    /// <param name="vocals">The voice as a file; null where it is not known apart.</param>
    /// <param name="instrumental">The accompaniment, likewise.</param>
    /// <param name="voice">How loud the voice is at first, of no meaning without stems.</param>
    /// <param name="path">The file to write; one that exists is replaced.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once; nothing half-written remains.</param>
    public async Task WriteAsync(
        KaraokeSong song, AudioInfo recording, string? vocals, string? instrumental, PageVoice voice, string path,
        IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var packed = new List<string>();
        try
        {
            var sounds = vocals is null || instrumental is null
                ? new PageSounds(await PackAsync(KaraokeSound.Of(recording), packed, cancellationToken))
                : await PackStemsAsync(vocals, instrumental, packed, progress, cancellationToken);
            progress?.Report(0.8);
            var shown = new PlayerSong(song.Document with { Duration = song.Duration }, "")
            {
                Title = song.Title,
                Artist = song.Artist,
                VoiceLevel = voice switch { PageVoice.Silent => 0, PageVoice.Guide => GuideLevel, _ => 100 },
            };
            var waveform = await MeasureAsync(recording, vocals, cancellationToken);
            await WholeFile.WriteAsync(path, async unfinished =>
            {
                await using var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write);
                await KaraokePage.WriteAsync(shown, waveform, sounds, output, cancellationToken);
            });
            progress?.Report(1);
        }
        finally
        {
            packed.ForEach(File.Delete);
        }
    }

    /// <summary>The accompaniment is what is heard until the stems are decoded, which takes a browser a moment.</summary>
    private async Task<PageSounds> PackStemsAsync(
        string vocals, string instrumental, List<string> packed, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var music = await PackAsync(new KaraokeSound(instrumental), packed, cancellationToken);
        progress?.Report(0.4);
        return new PageSounds(music, await PackAsync(new KaraokeSound(vocals), packed, cancellationToken));
    }

    private async Task<string> PackAsync(KaraokeSound sound, List<string> packed, CancellationToken cancellationToken)
    {
        packed.Add(folder.NewFile());
        await new SoundWriter(tools).WriteOpusAsync(sound, packed[^1], cancellationToken);
        return packed[^1];
    }

    private async Task<Waveform> MeasureAsync(AudioInfo recording, string? vocals, CancellationToken cancellationToken)
    {
        using var mix = await decoder.DecodeAsync(recording, Waveform.SampleRate, 1, cancellationToken: cancellationToken);
        using var voice = vocals is null ? null
            : await decoder.DecodeAsync(vocals, Waveform.SampleRate, 1, cancellationToken: cancellationToken);
        return Waveform.Measure(mix, voice, cancellationToken);
    }
}

/// <summary>How loud the voice is when an HTML file begins.</summary>
internal enum PageVoice
{
    /// <summary>Not at all.</summary>
    Silent,

    /// <summary>A little.</summary>
    Guide,

    /// <summary>As recorded.</summary>
    Full,
}
