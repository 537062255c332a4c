using Libretto.Models.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Libretto.Separate;

/// <summary>A network of one input and one output, of fixed shapes, with the memory they lie in.</summary>
internal sealed class FixedNetwork : IDisposable
{
    private readonly string _file;
    private readonly InferenceSession _session;
    private readonly string[] _inputName;
    private readonly string[] _outputName;
    private readonly OrtValue[] _input;
    private readonly OrtValue[] _output;

    /// <summary>Opens a network and checks that it is what is wanted.</summary>
    /// <param name="sessions">Loads the file if it is not.</param>
    /// <param name="file">An ONNX file.</param>
    /// <param name="input">The input's name and shape.</param>
    /// <param name="inputValues">Its values, which may be changed between runs and shared by networks.</param>
    /// <param name="output">The output's name and shape.</param>
    public FixedNetwork(
        OnnxSessions sessions, string file, (string Name, long[] Shape) input, float[] inputValues, (string Name, long[] Shape) output)
    {
        _file = file;
        _session = sessions.Open(file);
        Check(_session.InputMetadata, "input", input.Name, input.Shape);
        Check(_session.OutputMetadata, "output", output.Name, output.Shape);
        Output = new float[output.Shape.Aggregate((a, b) => a * b)];
        _inputName = [input.Name];
        _outputName = [output.Name];
        _input = [OrtValue.CreateTensorValueFromMemory(inputValues, input.Shape)];
        _output = [OrtValue.CreateTensorValueFromMemory(Output, output.Shape)];
    }

    /// <summary>What the last run gave.</summary>
    public float[] Output { get; }

    /// <summary>Runs the network; a cancelled run ends between two of its operators.</summary>
    /// <param name="isLast">Whether the memory it works in, some hundreds of megabytes, is to be given back at the end.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public void Run(bool isLast, CancellationToken cancellationToken) =>
        NetworkRun.Run(_file, _session, (_inputName, _input), (_outputName, _output), freeWork: isLast, cancellationToken);

    public void Dispose()
    {
        _input[0].Dispose();
        _output[0].Dispose();
    }

    private void Check(IReadOnlyDictionary<string, NodeMetadata> nodes, string kind, string name, long[] shape)
    {
        var fits = nodes.TryGetValue(name, out var node)
            && node.IsTensor
            && node.ElementDataType == TensorElementType.Float
            && node.Dimensions.Length == shape.Length
            && node.Dimensions.Zip(shape).All(pair => pair.First == -1 || pair.First == pair.Second);
        if (!fits)
            throw SeparateException.Mismatch(
                _file,
                $"{kind}s {string.Join(", ", nodes.Select(each => Describe(each.Key, each.Value)))}",
                $"{kind} {name} [{string.Join(", ", shape)}] of Float");
    }

    private static string Describe(string name, NodeMetadata node) => node.IsTensor
        ? $"{name} [{string.Join(", ", node.Dimensions.Select(d => d == -1 ? "any" : $"{d}"))}] of {node.ElementDataType}"
        : name;
}
