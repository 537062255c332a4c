using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Libretto.Speech.Whisper;

/// <summary>The encoder's states of a stretch of audio as ONNX Runtime's decoder reads them, [1, frames, width].</summary>
internal sealed class EncoderStates : IDecoderAudio
{
    private readonly OrtValue _states;

    /// <param name="type">The decoder's precision.</param>
    /// <param name="states">[frames, width].</param>
    /// <param name="width">Numbers of a frame.</param>
    public EncoderStates(TensorElementType type, ReadOnlySpan<float> states, int width)
    {
        _states = Tensors.Allocate(type, 1, states.Length / width, width);
        _states.Write(0, states);
    }

    private EncoderStates(OrtValue states) => _states = states;

    /// <summary>Several stretches of as many frames, one after another; the caller disposes the tensor.</summary>
    public static OrtValue Stack(IReadOnlyList<EncoderStates> stretches)
    {
        var shape = stretches[0]._states.Shape();
        var stack = Tensors.Allocate(stretches[0]._states.GetTensorTypeAndShape().ElementDataType, stretches.Count, shape[1], shape[2]);
        var bytes = stack.GetTensorMutableRawData();
        foreach (var stretch in stretches)
        {
            var states = stretch._states.GetTensorMutableRawData();
            states.CopyTo(bytes);
            bytes = bytes[states.Length..];
        }
        return stack;
    }

    /// <inheritdoc/>
    public IDecoderAudio Only(int from, int to, Func<IDecoderAudio> silence)
    {
        var copy = ((EncoderStates)silence())._states.PickRows([0]);
        var bytes = copy.GetTensorMutableRawData();
        var own = _states.GetTensorMutableRawData();
        var frame = own.Length / (int)_states.Shape()[1];
        own[(from * frame)..(to * frame)].CopyTo(bytes[(from * frame)..]);
        return new EncoderStates(copy);
    }

    public void Dispose() => _states.Dispose();
}
