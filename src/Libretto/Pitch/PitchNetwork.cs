using System.Buffers;
using System.Numerics.Tensors;
using Libretto.Audio;
using Libretto.Models.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Pitch;

/// <summary>
/// SwiftF0 (L. Nieradzik, 2025, arXiv:2508.18440): the pitch of a voice, from 46.9 to 2,094 Hz. <c>model.onnx</c> takes audio
/// [1, samples] at 16 kHz, 256 samples or more, and gives <c>pitch_hz</c> and <c>confidence</c>, each [1, frames], a frame every 256
/// samples. Holds no state of a recording; safe to share.
/// </summary>
internal sealed class PitchNetwork
{
    // A minute at a time bounds the memory; what a frame says depends on a tenth of a second around it.
    private const int WindowFrames = 60 * PitchTrack.SampleRate / PitchTrack.HopSamples;
    private const int MarginFrames = 32;
    private const int ShortestInput = 256;

    private readonly string _file;
    private readonly InferenceSession _session;
    private readonly string[] _input;
    private readonly string[] _outputs;

    private PitchNetwork(string file, InferenceSession session, string pitch, string confidence)
    {
        _file = file;
        _session = session;
        _input = [session.InputNames[0]];
        _outputs = [pitch, confidence];
    }

    /// <summary>Reads a model folder, loading its network or sharing it if it is loaded.</summary>
    /// <exception cref="LibrettoException">The file is missing or damaged, or is no network for pitch.</exception>
    public static PitchNetwork Load(string folder, OnnxSessions sessions)
    {
        var file = Path.Combine(folder, "model.onnx");
        var session = sessions.Open(file);
        var outputs = session.OutputNames;
        var pitch = outputs.FirstOrDefault(name => name.Contains("pitch", StringComparison.OrdinalIgnoreCase));
        var confidence = outputs.FirstOrDefault(name => name.Contains("confidence", StringComparison.OrdinalIgnoreCase));
        if (session.InputNames.Count != 1 || pitch is null || confidence is null)
            throw PitchException.Unsupported(
                file, $"it takes {string.Join(", ", session.InputNames)} and gives {string.Join(", ", outputs)}.");
        return new PitchNetwork(file, session, pitch, confidence);
    }

    /// <summary>Listens to a whole recording.</summary>
    /// <param name="voice">A voice, 16 kHz; channels are mixed.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the network's run.</param>
    public PitchTrack Track(PcmFile voice, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(voice.SampleRate, PitchTrack.SampleRate);
        var frames = (int)((voice.Frames + PitchTrack.HopSamples - 1) / PitchTrack.HopSamples);
        var track = new PitchTrack(new float[frames], new float[frames], new float[frames]);
        for (var first = 0; first < frames; first += WindowFrames)
        {
            var count = Math.Min(WindowFrames, frames - first);
            Listen(voice, track, first, count, cancellationToken);
            progress?.Report((double)(first + count) / frames);
        }
        return track;
    }

    /// <summary>Fills frames of the track from a window that reaches a little beyond them on both sides.</summary>
    private void Listen(PcmFile voice, PitchTrack track, int first, int count, CancellationToken cancellationToken)
    {
        var before = Math.Min(first, MarginFrames);
        var length = Math.Max(ShortestInput, (before + count + MarginFrames) * PitchTrack.HopSamples);
        var rented = ArrayPool<float>.Shared.Rent(length);
        try
        {
            var samples = rented.AsMemory(0, length);
            voice.ReadMono((long)(first - before) * PitchTrack.HopSamples, samples.Span);
            MeasureLevels(samples.Span[(before * PitchTrack.HopSamples)..], track.Level.AsSpan(first, count));
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, samples, [1, length]);
            using var outputs = Run(input, cancellationToken);
            Take(outputs[0], before, track.Hertz.AsSpan(first, count));
            Take(outputs[1], before, track.Confidence.AsSpan(first, count));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(OrtValue input, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var options = OnnxSessions.QuietRun();
        using var registration = cancellationToken.Register(static o => ((RunOptions)o!).Terminate = true, options);
        try
        {
            return _session.Run(options, _input, [input], _outputs);
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw PitchException.Failed(_file, e);
        }
    }

    private void Take(OrtValue output, int skipped, Span<float> frames)
    {
        var values = output.GetTensorDataAsSpan<float>();
        if (values.Length < skipped + 1)
            throw PitchException.Unsupported(_file, $"it gives {values.Length} frames where {skipped + frames.Length} are wanted.");
        // The last frame of a window may be missing: it stays silent.
        values = values.Slice(skipped, Math.Min(frames.Length, values.Length - skipped));
        values.CopyTo(frames);
    }

    private static void MeasureLevels(ReadOnlySpan<float> samples, Span<float> levels)
    {
        for (var i = 0; i < levels.Length; i++)
        {
            var power = TensorPrimitives.SumOfSquares(
                samples.Slice(i * PitchTrack.HopSamples, PitchTrack.HopSamples)) / PitchTrack.HopSamples;
            levels[i] = 10 * MathF.Log10(power + 1e-12f);
        }
    }
}
