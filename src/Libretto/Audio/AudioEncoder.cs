using System.Globalization;
using System.Runtime.InteropServices;
using Libretto.Tools;

namespace Libretto.Audio;

/// <summary>How audio is written.</summary>
public enum AudioFormat
{
    /// <summary>FLAC of 16 bits: lossless for what came from a CD or a compressed file.</summary>
    Flac16,

    /// <summary>FLAC of 24 bits.</summary>
    Flac24,

    /// <summary>WAV of 16 bits.</summary>
    Wav16,

    /// <summary>WAV of 32-bit floats: exactly the samples given.</summary>
    WavFloat,

    /// <summary>Opus in Ogg, 160 kbit/s for two channels and 96 for one.</summary>
    Opus,
}

/// <summary>Writes audio files with ffmpeg. A file appears whole or not at all.</summary>
public sealed class AudioEncoder
{
    private const int BlockFrames = 1 << 14;

    private readonly ToolRunner _tools;

    /// <summary>Creates an encoder.</summary>
    /// <param name="tools">Runs ffmpeg.</param>
    public AudioEncoder(ToolRunner tools) => _tools = tools;

    /// <summary>Writes a recording, or a stretch of it, at its own rate and with its own channels.</summary>
    /// <param name="audio">The recording; samples beyond -1 to 1 are clipped except in <see cref="AudioFormat.WavFloat"/>.</param>
    /// <param name="path">The file to write; one that exists is replaced.</param>
    /// <param name="format">How, whatever the name's extension.</param>
    /// <param name="range">The stretch wanted; all when null.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once; nothing half-written remains.</param>
    /// <exception cref="AudioException">The folder cannot be written (<c>cannot_write</c>) or its disk is full
    /// (<c>disk_full</c>).</exception>
    /// <exception cref="ToolException">ffmpeg is missing, was killed or lacks the encoder.</exception>
    public Task EncodeAsync(
        PcmFile audio, string path, AudioFormat format, TimeRange? range = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var first = (long)Math.Round((range?.Start ?? 0) * audio.SampleRate);
        var end = range is { } r ? Math.Min(audio.Frames, (long)Math.Round(r.End * audio.SampleRate)) : audio.Frames;
        return EncodeAsync(Blocks(audio, first, end).ToAsyncEnumerable(), audio.SampleRate, audio.Channels, path, format,
            cancellationToken);
    }

    /// <summary>Writes blocks as they come; see the other overload.</summary>
    /// <param name="blocks">Interleaved whole frames, nominally within -1 to 1; each is done with before the next is asked for.</param>
    /// <param name="sampleRate">Frames a second, in hertz.</param>
    /// <param name="channels">Samples a frame.</param>
    /// <param name="path">The file to write; one that exists is replaced.</param>
    /// <param name="format">How, whatever the name's extension.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once; nothing half-written remains.</param>
    /// <exception cref="AudioException">The folder cannot be written (<c>cannot_write</c>) or its disk is full
    /// (<c>disk_full</c>).</exception>
    /// <exception cref="ToolException">ffmpeg is missing, was killed or lacks the encoder.</exception>
    public async Task EncodeAsync(
        IAsyncEnumerable<ReadOnlyMemory<float>> blocks,
        int sampleRate,
        int channels,
        string path,
        AudioFormat format,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentException.ThrowIfNullOrEmpty(path);
        await WholeFile.WriteAsync(path, unfinished => _tools.RunAsync(
            Tool.Ffmpeg,
            Arguments(sampleRate, channels, format, unfinished),
            writeInput: (stream, token) => FeedAsync(blocks, stream, token),
            cancellationToken: cancellationToken));
    }

    private static string[] Arguments(int sampleRate, int channels, AudioFormat format, string output) =>
    [
        "-hide_banner", "-nostdin", "-v", "error",
        "-f", "f32le", "-ar", Text(sampleRate), "-ac", Text(channels), "-i", "pipe:0",
        .. Codec(format, channels),
        "-y", "file:" + output,
    ];

    private static string[] Codec(AudioFormat format, int channels) => format switch
    {
        AudioFormat.Flac16 => ["-c:a", "flac", "-sample_fmt", "s16", "-f", "flac"],
        AudioFormat.Flac24 => ["-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24", "-f", "flac"],
        AudioFormat.Wav16 => ["-c:a", "pcm_s16le", "-f", "wav"],
        AudioFormat.WavFloat => ["-c:a", "pcm_f32le", "-f", "wav"],
        AudioFormat.Opus => ["-c:a", "libopus", "-b:a", channels == 1 ? "96k" : "160k", "-f", "ogg"],
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<ReadOnlyMemory<float>> Blocks(PcmFile audio, long first, long end)
    {
        var buffer = new float[BlockFrames * audio.Channels];
        for (; first < end; first += BlockFrames)
        {
            var block = buffer.AsMemory(0, (int)Math.Min(BlockFrames, end - first) * audio.Channels);
            audio.Read(first, block.Span);
            yield return block;
        }
    }

    private static async Task FeedAsync(IAsyncEnumerable<ReadOnlyMemory<float>> blocks, Stream stream, CancellationToken cancellationToken)
    {
        var bytes = Array.Empty<byte>();
        await foreach (var block in blocks.WithCancellation(cancellationToken))
        {
            var size = block.Length * sizeof(float);
            if (bytes.Length < size)
                bytes = new byte[size];
            MemoryMarshal.AsBytes(block.Span).CopyTo(bytes);
            await stream.WriteAsync(bytes.AsMemory(0, size), cancellationToken);
        }
    }
}
