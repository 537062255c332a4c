using System.Buffers;
using Libretto.Models.Onnx;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>Whisper's decoder, run token by token by kernels of our own. Holds no state of a recording; safe to share.</summary>
internal sealed class IncrementalNetwork : IDecoderNetwork
{
    /// <summary>Larger files are not read: their weights would be in memory twice.</summary>
    private const long LargestFile = 200_000_000;

    /// <summary>Frames whose keys and values are computed together.</summary>
    private const int Tile = 60;

    private readonly DecoderWeights _weights;
    private readonly WhisperConfig _config;

    private IncrementalNetwork(DecoderWeights weights, WhisperConfig config) => (_weights, _config) = (weights, config);

    /// <summary>Reads a decoder's network; null where it cannot be run this way, or this processor would not be fast at it.</summary>
    /// <param name="file">An ONNX file.</param>
    /// <param name="config">What its folder says of it.</param>
    public static IncrementalNetwork? Read(string file, WhisperConfig config)
    {
        if (!BlockMatrix.IsSupported || new FileInfo(file).Length > LargestFile)
            return null;
        return DecoderWeights.Read(OnnxFile.Read(file), config) is { } weights ? new IncrementalNetwork(weights, config) : null;
    }

    /// <inheritdoc/>
    public bool HasAttention => true;

    /// <inheritdoc/>
    public bool TakesAnyFrames => true;

    /// <inheritdoc/>
    public bool MixesAudio => true;

    /// <inheritdoc/>
    public int StateWidth => _weights.Width;

    /// <inheritdoc/>
    public IDecoderAudio Hear(ReadOnlySpan<float> states, CancellationToken cancellationToken)
    {
        var width = _weights.Width;
        var keys = new AudioKeys(_weights.Layers.Count, _config.Heads, states.Length / width);
        var rows = new BlockRows(Tile, width);
        var room = ArrayPool<float>.Shared.Rent(2 * Tile * width);
        try
        {
            for (var first = 0; first < keys.Frames; first += Tile)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(Tile, keys.Frames - first);
                var (made, values) = (room.AsMemory(0, count * width), room.AsMemory(Tile * width, count * width));
                rows.Write(states.Slice(first * width, count * width), count);
                for (var layer = 0; layer < _weights.Layers.Count; layer++)
                {
                    _weights.Layers[layer].AudioKey.Multiply(rows, made.Span);
                    _weights.Layers[layer].AudioValue.Multiply(rows, values.Span);
                    keys.Write(layer, first, made.Span, values.Span);
                }
            }
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(room);
        }
    }

    /// <inheritdoc/>
    public ISequenceDecoder Begin(IReadOnlyList<IDecoderAudio> audio, int most) =>
        new IncrementalDecoder(_weights, _config, [.. audio.Cast<AudioKeys>()], most);
}
