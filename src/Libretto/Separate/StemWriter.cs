using System.Buffers;
using System.Numerics.Tensors;
using Libretto.Audio;

namespace Libretto.Separate;

/// <summary>Takes the vocals as they are found, in order, and writes them and what they leave of the mix.</summary>
internal sealed class StemWriter : IDisposable
{
    private readonly PcmFile _mix;
    private readonly PcmFile _vocals;
    private readonly PcmFile _accompaniment;
    private bool _finished;

    public StemWriter(PcmFile mix, int sampleRate, string? folder)
    {
        if (mix.Channels != 2 || mix.SampleRate != sampleRate)
            throw new ArgumentException(
                $"The mix has {mix.Channels} channels at {mix.SampleRate} Hz; separation needs 2 at {sampleRate} Hz. Decode it so.",
                nameof(mix));
        _mix = mix;
        _vocals = new PcmFile(sampleRate, 2, folder);
        try
        {
            _accompaniment = new PcmFile(sampleRate, 2, folder);
        }
        catch
        {
            _vocals.Dispose();
            throw;
        }
    }

    /// <summary>Frames written so far.</summary>
    public long Frames => _vocals.Frames;

    /// <summary>Writes the next frames; the vocals are changed where one of the stems would leave the range.</summary>
    public void Append(Span<float> vocals)
    {
        var buffer = ArrayPool<float>.Shared.Rent(vocals.Length);
        try
        {
            var rest = buffer.AsSpan(0, vocals.Length);
            _mix.Read(Frames, rest);
            KeepBothInRange(vocals, rest);
            TensorPrimitives.Subtract(rest, vocals, rest);
            _vocals.Append(vocals);
            _accompaniment.Append(rest);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    public SeparatedStems Finish()
    {
        _finished = true;
        return new SeparatedStems(_vocals, _accompaniment);
    }

    public void Dispose()
    {
        if (_finished)
            return;
        _vocals.Dispose();
        _accompaniment.Dispose();
    }

    /// <summary>
    /// Where the network overshoots, one stem may pass full scale and the other make up for it. A file of integers would clip the one
    /// and break the sum, so the excess is moved from stem to stem here.
    /// </summary>
    private static void KeepBothInRange(Span<float> vocals, ReadOnlySpan<float> mix)
    {
        for (var i = 0; i < vocals.Length; i++)
        {
            var lowest = MathF.Max(-1, mix[i] - 1);
            var highest = MathF.Min(1, mix[i] + 1);
            vocals[i] = lowest <= highest ? MathF.Min(MathF.Max(vocals[i], lowest), highest) : mix[i] / 2;
        }
    }
}
