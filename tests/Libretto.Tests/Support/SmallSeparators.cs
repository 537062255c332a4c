using Libretto.Models.Onnx;
using Libretto.Tests.Models.Onnx;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Tests.Support;

/// <summary>
/// Separation networks in the published layouts, small enough to be made by the tests: the voice is what lies in the middle of the
/// spectrum, or a fixed share of the mix. What is done around a network is the same as with real ones.
/// </summary>
internal static class SmallSeparators
{
    /// <summary>Two networks, <c>x</c> to <c>y</c>, [2, n, 512, 1024]: the voice has bins 20 to 400 (215 Hz to 4.3 kHz) for the most part.</summary>
    /// <param name="folder">Made here.</param>
    public static string WriteSpleeter(string folder) => WriteSpleeter(folder, bin => bin is >= 20 and < 400 ? 0.8f : 0.05f);

    /// <summary>The same, where the voice has a share of each bin.</summary>
    /// <param name="folder">Made here.</param>
    /// <param name="share">From 0 to 1, by the bin's number.</param>
    public static string WriteSpleeter(string folder, Func<int, float> share)
    {
        const int Bins = 1024;
        float[] voice = [.. Enumerable.Range(0, Bins).Select(share)];
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, "vocals.onnx"), voice);
        Write(Path.Combine(folder, "accompaniment.onnx"), [.. voice.Select(share => 1 - share)]);
        return folder;

        static void Write(string file, float[] shares)
        {
            var graph = new GraphProto { Name = "shares" };
            graph.Input.Add(ToneNetwork.Value("x", DataType.Float, "2", "n", "512", $"{Bins}"));
            graph.Output.Add(ToneNetwork.Value("y", DataType.Float, "2", "n", "512", $"{Bins}"));
            graph.Initializer.Add(SmallDecoder.Tensor("shares", [1, 1, 1, Bins], shares));
            graph.Node.Add(ToneNetwork.Node("Mul", "y", "x", "shares"));
            OnnxFile.Write(ToneNetwork.Model(graph), file);
        }
    }

    /// <summary><c>mix</c> [1, 2, 343980] to <c>stems</c> [1, 4, 2, 343980]: the voice, last, is six tenths of the mix.</summary>
    /// <param name="folder">Made here.</param>
    public static string WriteDemucs(string folder)
    {
        const string Samples = "343980";
        var graph = new GraphProto { Name = "shares" };
        graph.Input.Add(ToneNetwork.Value("mix", DataType.Float, "1", "2", Samples));
        graph.Output.Add(ToneNetwork.Value("stems", DataType.Float, "1", "4", "2", Samples));
        graph.Initializer.Add(SmallDecoder.Tensor("shares", [1, 4, 1, 1], [0.1f, 0.1f, 0.2f, 0.6f]));
        graph.Node.Add(ToneNetwork.Node("Mul", "stems", "mix", "shares"));
        Directory.CreateDirectory(folder);
        OnnxFile.Write(ToneNetwork.Model(graph), Path.Combine(folder, "htdemucs.onnx"));
        return folder;
    }
}
