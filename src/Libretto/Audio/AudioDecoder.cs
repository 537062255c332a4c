using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Libretto.Tools;

namespace Libretto.Audio;

/// <summary>
/// Reads any audio file, or the sound of any film, with ffmpeg. The file's name is only ever taken as a file's name, and nothing
/// but that file is opened. Memory does not grow with the length.
/// </summary>
public sealed class AudioDecoder
{
    private const int BlockBytes = 1 << 16;

    // Far beyond anything recorded: such a sample is damage, as NaN is.
    private const float Loudest = 1e4f;

    // ffmpeg seeks a little early and decodes up to the start, so that codecs which look back give the same samples as a whole pass.
    private const double PreRoll = 1;

    private readonly ToolRunner _tools;
    private readonly AudioProbe _probe;
    private readonly string? _folder;
    private readonly TimeSpan? _longest;

    /// <summary>Creates a decoder.</summary>
    /// <param name="tools">Runs ffmpeg and ffprobe.</param>
    /// <param name="folder">Where decoded audio lies for as long as it is used; see <see cref="PcmFile"/> for the default.</param>
    /// <param name="longest">A whole recording that goes on for longer is refused, whatever its head says; any length when null.</param>
    public AudioDecoder(ToolRunner tools, string? folder = null, TimeSpan? longest = null)
    {
        _longest = longest;
        _tools = tools;
        _folder = folder;
        _probe = new AudioProbe(tools);
    }

    /// <summary>What a file holds.</summary>
    /// <param name="path">A file; never taken as an address or an option.</param>
    /// <param name="cancellationToken">Ends ffprobe at once.</param>
    /// <exception cref="AudioException">The file is missing, a folder, empty, unreadable, no audio or without sound.</exception>
    /// <exception cref="ToolException">ffprobe is missing or was killed.</exception>
    public Task<AudioInfo> ProbeAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _probe.ProbeAsync(path, cancellationToken);
    }

    /// <summary>Decodes the first audio track of a file; see the other overload.</summary>
    public async Task<PcmFile> DecodeAsync(
        string path,
        int sampleRate,
        int channels,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var info = await ProbeAsync(path, cancellationToken);
        return await DecodeAsync(info, sampleRate, channels, null, progress, cancellationToken);
    }

    /// <summary>
    /// Decodes the first audio track of a file that was probed. A damaged file is used as far as it can be decoded:
    /// <see cref="PcmFile.Warnings"/> says so.
    /// </summary>
    /// <param name="info">The file.</param>
    /// <param name="sampleRate">Frames a second wanted, in hertz; resampled when the file has others.</param>
    /// <param name="channels">Channels wanted, 1 or 2; more are mixed down without clipping.</param>
    /// <param name="range">The stretch wanted; all when null. What lies past the end is left out.</param>
    /// <param name="progress">Share done, 0 to 1; silent until the end when the length is not known.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    /// <returns>The recording, samples nominally within -1 to 1 and always finite; the caller disposes of it.</returns>
    /// <exception cref="AudioException">Nothing could be decoded, it goes on for too long, or the disk is full.</exception>
    /// <exception cref="ToolException">ffmpeg is missing or was killed.</exception>
    public async Task<PcmFile> DecodeAsync(
        AudioInfo info,
        int sampleRate,
        int channels,
        TimeRange? range = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 2);
        var expected = range is { } r ? Math.Min(r.Length, (info.Duration ?? r.End) - r.Start) : info.Duration;
        var warnings = new List<string>(info.Warnings);
        var pcm = new PcmFile(sampleRate, channels, _folder) { Warnings = warnings };
        try
        {
            pcm.AppendSilence((long)Math.Round(Math.Max(0, info.Lead - (range?.Start ?? 0)) * sampleRate));
            warnings.AddRange(await RunAsync(info, pcm, range, expected, progress, cancellationToken));
            if (range is null && pcm.Duration > _longest?.TotalSeconds)
                throw AudioException.TooLong(info.Path, _longest.Value);
            if (pcm.Frames == 0 && range is null)
                throw AudioException.NothingDecoded(info.Path, null);
            if (expected is { } seconds && pcm.Duration < seconds * 0.98 - 1)
                warnings.Add(
                    $"{info.Path} ends early: it should be {seconds:0.0} s long, but only {pcm.Duration:0.0} s could be decoded.");
            progress?.Report(1);
            return pcm;
        }
        catch
        {
            pcm.Dispose();
            throw;
        }
    }

    /// <summary>Fills the recording and returns warnings.</summary>
    private async Task<IReadOnlyList<string>> RunAsync(
        AudioInfo info, PcmFile pcm, TimeRange? range, double? expected, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var errors = await _tools.RunAsync(
                Tool.Ffmpeg,
                Arguments(info, pcm.SampleRate, pcm.Channels, range),
                readOutput: (stream, token) => SpoolAsync(stream, pcm, expected, progress, token),
                cancellationToken: cancellationToken);
            return FfmpegErrorText.Reason(errors, info.Path) is { } said ? [Damaged(info, said)] : [];
        }
        catch (ToolException e) when (e.Code == "tool_failed")
        {
            var said = FfmpegErrorText.Reason(e.ErrorLines, info.Path);
            return pcm.Frames > 0
                ? [Damaged(info, said ?? e.Message)]
                : throw AudioException.NothingDecoded(info.Path, said);
        }
    }

    private static string Damaged(AudioInfo info, string said) =>
        $"{info.Path} is damaged in places (ffmpeg: {said}). What could be decoded is used.";

    private List<string> Arguments(AudioInfo info, int sampleRate, int channels, TimeRange? range)
    {
        var preRoll = range is { } r ? Math.Min(PreRoll, r.Start) : 0;
        List<string> arguments = ["-hide_banner", "-nostdin", "-v", "error"];
        if (range is { } seek)
            arguments.AddRange(["-ss", Seconds(seek.Start - preRoll)]);
        arguments.AddRange(AudioProbe.InputArguments(info.Path));
        arguments.AddRange(["-map", "0:a:0", "-vn", "-sn", "-dn"]);
        if (range is { } cut)
            arguments.AddRange(["-ss", Seconds(preRoll), "-t", Seconds(cut.Length)]);
        else if (_longest is { } longest)
            arguments.AddRange(["-t", Seconds(longest.TotalSeconds + 1)]);
        if (Mix(info.Channels, channels) is { } mix)
            arguments.AddRange(["-af", mix]);
        arguments.AddRange(
        [
            "-rematrix_maxval", "1", "-ac", channels.ToString(CultureInfo.InvariantCulture),
            "-ar", sampleRate.ToString(CultureInfo.InvariantCulture), "-f", "f32le", "pipe:1",
        ]);
        return arguments;
    }

    /// <summary>What ffmpeg's own mixing does not do as one would wish, as a filter.</summary>
    private static string? Mix(int from, int to) => (from, to) switch
    {
        // ffmpeg would make both sides 3 dB quieter.
        (1, 2) => "pan=stereo|c0=c0|c1=c0",
        // Beyond 7.1 there is no agreed place for a channel: the first two are taken.
        ( > 8, 1) => "pan=mono|c0=0.5*c0+0.5*c1",
        ( > 8, 2) => "pan=stereo|c0=c0|c1=c1",
        _ => null,
    };

    private static string Seconds(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static async Task SpoolAsync(
        Stream stream, PcmFile pcm, double? expected, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var frameBytes = pcm.Channels * sizeof(float);
            var size = BlockBytes - (BlockBytes % frameBytes);
            int count;
            do
            {
                count = await stream.ReadAtLeastAsync(buffer.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken);
                // A killed ffmpeg may leave part of a frame.
                var samples = MemoryMarshal.Cast<byte, float>(buffer.AsSpan(0, count - (count % frameBytes)));
                Clean(samples);
                pcm.Append(samples);
                if (expected > 0)
                    progress?.Report(Math.Min(1, pcm.Duration / expected.Value));
            }
            while (count == size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Files of floats may hold NaN and infinity, which would spread through every sum: they become silence.</summary>
    private static void Clean(Span<float> samples)
    {
        if (samples.IsEmpty || TensorPrimitives.MaxMagnitude(samples) is >= -Loudest and <= Loudest)
            return;
        foreach (ref var sample in samples)
            if (sample is not (>= -Loudest and <= Loudest))
                sample = 0;
    }
}
