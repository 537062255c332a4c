using Libretto.Audio;
using Libretto.Tools;

namespace Libretto.Karaoke;

/// <summary>Writes what is heard as files that players take. A file appears whole or not at all.</summary>
internal sealed class SoundWriter(ToolRunner tools)
{
    /// <summary>MP3 of 192 kbit/s, which every player of karaoke takes.</summary>
    public Task WriteMp3Async(KaraokeSound sound, string path, CancellationToken cancellationToken) =>
        WriteAsync(sound, path, ["-c:a", "libmp3lame", "-b:a", "192k", "-f", "mp3"], cancellationToken);

    /// <summary>Opus of 112 kbit/s: two stems of four minutes in base64 are 9 MB.</summary>
    public Task WriteOpusAsync(KaraokeSound sound, string path, CancellationToken cancellationToken) =>
        WriteAsync(sound, path, ["-ar", "48000", "-c:a", "libopus", "-b:a", "112k", "-f", "ogg"], cancellationToken);

    private Task WriteAsync(KaraokeSound sound, string path, string[] codec, CancellationToken cancellationToken) =>
        WholeFile.WriteAsync(path, unfinished => tools.RunAsync(
            Tool.Ffmpeg,
            ["-hide_banner", "-nostdin", "-v", "error", .. sound.Inputs, "-filter_complex", sound.Filter(0), "-map", "[sound]",
                "-map_metadata", "-1", .. codec, "-y", "file:" + unfinished],
            cancellationToken: cancellationToken));
}
