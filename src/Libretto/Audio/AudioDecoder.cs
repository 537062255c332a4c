using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Libretto.Audio.Frames;
using Libretto.Tools;

namespace Libretto.Audio;

/// <summary>
/// Reads any audio file, or the sound of any film, with ffmpeg. The file's name is only ever taken as a file's name, and nothing
/// but that file is opened. Memory does not grow with the length.
/// </summary>
public sealed class AudioDecoder
{
    // What songs and films come in, and ffmpeg's decoders for it.
    private static readonly (string Name, string[] Decoders)[] s_usual =
    [
        ("MP3", ["mp3float", "mp3"]), ("AAC", ["aac", "libfdk_aac"]), ("Opus", ["opus", "libopus"]), ("Vorbis", ["vorbis", "libvorbis"]),
        ("FLAC", ["flac"]), ("ALAC", ["alac"]), ("WMA", ["wmav2"]), ("AC-3", ["ac3", "ac3_fixed"]), ("E-AC-3", ["eac3"]),
        ("MP2", ["mp2float", "mp2"]),
        ("DSD", ["dsd_lsbf"]), ("WavPack", ["wavpack"]), ("Monkey's Audio", ["ape"]), ("PCM", ["pcm_s16le"]),
    ];

    // Far beyond anything recorded: such a sample is damage, as NaN is.
    private const float Loudest = 1e4f;

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
    /// <param name="track">Which of its audio tracks, from 1; the one that players take when null.</param>
    /// <param name="cancellationToken">Ends ffprobe at once.</param>
    /// <exception cref="AudioException">
    /// The file is missing, a folder, empty, unreadable, no audio, without sound or without that track.
    /// </exception>
    /// <exception cref="ToolException">ffprobe is missing or was killed.</exception>
    public Task<AudioInfo> ProbeAsync(string path, int? track, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _probe.ProbeAsync(path, track, cancellationToken);
    }

    /// <summary>What a file holds, of the audio track that players take; see the other overload.</summary>
    public Task<AudioInfo> ProbeAsync(string path, CancellationToken cancellationToken = default) =>
        ProbeAsync(path, null, cancellationToken);

    /// <summary>
    /// Which of the codecs that songs come in this machine's ffmpeg cannot read, by their usual names; none as a rule, some where a system
    /// leaves out what is patented.
    /// </summary>
    /// <exception cref="ToolException">ffmpeg is missing or fails.</exception>
    public async Task<IReadOnlyList<string>> MissingCodecsAsync(CancellationToken cancellationToken = default)
    {
        var (text, _) = await _tools.ReadTextAsync(
            Tool.Ffmpeg, ["-hide_banner", "-v", "error", "-decoders"], TimeSpan.FromSeconds(20), cancellationToken);
        // " A....D mp3float  MP3 (MPEG audio layer 3) (codec mp3)"
        var known = text.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(words => words.Length > 1)
            .Select(words => words[1])
            .ToHashSet();
        return [.. s_usual.Where(codec => !codec.Decoders.Any(known.Contains)).Select(codec => codec.Name)];
    }

    /// <summary>Decodes a file's audio track that players take; see the other overload.</summary>
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
    /// Decodes the audio track of a file that was probed. A damaged file is used as far as it can be decoded:
    /// <see cref="PcmFile.Warnings"/> says so. Time counts from the file's start, as players show it: where packets are missing, or the
    /// sound starts later than the picture, there is silence. What is lost of a file whose packets carry no times (MP3, AAC in ADTS) is
    /// reckoned by its length.
    /// </summary>
    /// <param name="info">The file.</param>
    /// <param name="sampleRate">Frames a second wanted, in hertz; resampled when the file has others.</param>
    /// <param name="channels">Channels wanted, 1 or 2; more are mixed down without clipping, and so that nothing cancels out.</param>
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
        var repair = await Task.Run(() => FindRepair(info, cancellationToken), cancellationToken);
        if (channels == 2 || info.Channels == 1)
            return await DecodeAsync(info, repair, sampleRate, channels, null, range, progress, cancellationToken);

        var mean = new MonoMix(sampleRate, inQuadrature: false);
        var pcm = await DecodeAsync(info, repair, sampleRate, channels, mean, range, progress, cancellationToken);
        if (!mean.Cancels)
            return pcm;
        pcm.Dispose();
        var quadrature = new MonoMix(sampleRate, inQuadrature: true);
        return await DecodeAsync(info, repair, sampleRate, channels, quadrature, range, null, cancellationToken);
    }

    private static FrameRepair? FindRepair(AudioInfo info, CancellationToken cancellationToken)
    {
        try
        {
            return info.HasFramesOnly ? FrameRepair.Find(info.Path, cancellationToken) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // ffmpeg meets it too, and its words are understood.
            return null;
        }
    }

    private async Task<PcmFile> DecodeAsync(
        AudioInfo info, FrameRepair? repair, int sampleRate, int channels, MonoMix? mix, TimeRange? range, IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var expected = range is { } r ? Math.Min(r.Length, (info.Duration ?? r.End) - r.Start) : info.SoundEnd;
        var warnings = new List<string>(info.Warnings);
        if (repair is not null)
            warnings.Add(Lost(info.Path, repair.Seconds, repair.MayLackBytes));
        var pcm = new PcmFile(sampleRate, channels, _folder) { Warnings = warnings };
        try
        {
            var timeline = new PcmTimeline(pcm, info.Origin, range, info.Duration);
            var spool = new Spool(pcm, timeline, mix, expected ?? info.Duration, progress);
            warnings.AddRange(await RunAsync(info, repair, spool, cancellationToken));
            if (range is null && pcm.Duration > _longest?.TotalSeconds)
                throw AudioException.TooLong(info.Path, _longest.Value);
            if (pcm.Frames == 0 && range is null)
                throw AudioException.NothingDecoded(info.Path, null);
            if (timeline.Missing > 0)
                warnings.Add(Lost(info.Path, timeline.Missing, mayLackBytes: false));
            if (range is null && expected is { } seconds && pcm.Duration < seconds * 0.98 - 1)
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
        AudioInfo info, FrameRepair? repair, Spool spool, CancellationToken cancellationToken)
    {
        try
        {
            var errors = await _tools.RunAsync(
                Tool.Ffmpeg,
                Arguments(info, repair is not null, spool.Pcm.SampleRate, spool.Mix is null ? spool.Pcm.Channels : 2),
                readOutput: (stream, token) => SpoolAsync(stream, spool, token),
                writeInput: repair is null ? null : repair.WriteAsync,
                cancellationToken: cancellationToken);
            return FfmpegErrorText.Damage(errors, info) is { } said ? [Damaged(info, said)] : [];
        }
        catch (EnoughException)
        {
            return [];
        }
        catch (ToolException e) when (e.Code is ErrorCodes.ToolFailed or ErrorCodes.ToolMemory)
        {
            var said = FfmpegErrorText.Reason(e.ErrorLines, info.Path);
            return spool.Pcm.Frames > 0
                ? [Damaged(info, said ?? e.Message)]
                : throw AudioException.NothingDecoded(info.Path, said);
        }
    }

    private static string Damaged(AudioInfo info, string said) =>
        $"{info.Path} is damaged in places (ffmpeg: {said}). What could be decoded is used.";

    private static string Lost(string path, double seconds, bool mayLackBytes) =>
        $"{path} lacks {seconds:0.00} s of its sound; there it is silent, and what follows keeps its time" +
        (mayLackBytes ? ", unless bytes were taken out of the file there, which nothing in it would tell." : ".");

    /// <summary>
    /// Always from the start: a place in the middle is a guess in many files (MP3 of a varying bit rate, joined or damaged ones), and
    /// decoding is quick. The packets' own times come with the sound.
    /// </summary>
    private static List<string> Arguments(AudioInfo info, bool fromPipe, int sampleRate, int channels)
    {
        List<string> arguments = ["-hide_banner", "-nostdin", "-v", "error", "-copyts"];
        arguments.AddRange(fromPipe ? ["-f", info.Container, "-i", "pipe:0"] : AudioProbe.InputArguments(info.Path));
        arguments.AddRange(["-map", $"0:a:{info.Track - 1}", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]);
        if (Mix(info.Channels, channels) is { } mix)
            arguments.AddRange(["-af", mix]);
        arguments.AddRange(
        [
            "-rematrix_maxval", "1", "-ac", channels.ToString(CultureInfo.InvariantCulture),
            "-ar", sampleRate.ToString(CultureInfo.InvariantCulture), "-c:a", "pcm_f32le", "-f", "matroska", "pipe:1",
        ]);
        return arguments;
    }

    private async Task SpoolAsync(Stream stream, Spool spool, CancellationToken cancellationToken)
    {
        var (pcm, timeline, mix, expected, progress) = spool;
        var channels = mix is null ? pcm.Channels : 2;
        var blocks = new MatroskaAudio(new BufferedStream(stream, 1 << 16));
        while (await blocks.ReadAsync(cancellationToken) is var (time, bytes))
        {
            // A killed ffmpeg may leave part of a frame.
            var samples = MemoryMarshal.Cast<byte, float>(bytes.Span[..(bytes.Length - (bytes.Length % (channels * sizeof(float))))]);
            Clean(samples);
            timeline.Add(time, mix is null ? samples : mix.Mix(samples));
            if (expected > 0)
                progress?.Report(Math.Min(1, pcm.Duration / expected.Value));
            if (timeline.IsComplete || pcm.Duration > _longest?.TotalSeconds)
                throw new EnoughException();
        }
        if (mix?.Finish() is { Length: > 0 } rest)
            timeline.AddNext(rest);
    }

    /// <summary>What ffmpeg's own mixing does not do as one would wish, as a filter.</summary>
    private static string? Mix(int from, int to) => (from, to) switch
    {
        // ffmpeg would make both sides 3 dB quieter.
        (1, 2) => "pan=stereo|c0=c0|c1=c0",
        // Beyond 7.1 there is no agreed place for a channel: the first two are taken.
        ( > 8, 2) => "pan=stereo|c0=c0|c1=c1",
        _ => null,
    };

    /// <summary>Files of floats may hold NaN and infinity, which would spread through every sum: they become silence.</summary>
    private static void Clean(Span<float> samples)
    {
        if (samples.IsEmpty || TensorPrimitives.MaxMagnitude(samples) is >= -Loudest and <= Loudest)
            return;
        foreach (ref var sample in samples)
            if (sample is not (>= -Loudest and <= Loudest))
                sample = 0;
    }

    /// <summary>What a pass of ffmpeg fills.</summary>
    /// <param name="Pcm">The recording.</param>
    /// <param name="Timeline">Puts blocks into it.</param>
    /// <param name="Mix">Makes one channel of two; null where none is to be made.</param>
    /// <param name="Expected">Seconds that will come; null when not known.</param>
    /// <param name="Progress">Told how much has come.</param>
    private sealed record Spool(PcmFile Pcm, PcmTimeline Timeline, MonoMix? Mix, double? Expected, IProgress<double>? Progress);

    /// <summary>Ends ffmpeg, for all that is wanted has come.</summary>
    private sealed class EnoughException : Exception;
}
