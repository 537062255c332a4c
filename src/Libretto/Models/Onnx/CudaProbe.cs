using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Models.Onnx;

/// <summary>Finds out whether networks can run on this machine's graphics card, by loading the smallest network there is onto it.</summary>
internal static class CudaProbe
{
    private const string Provider = "CUDAExecutionProvider";

    /// <summary>Whether ONNX Runtime came with CUDA: the build with <c>-p:LibrettoGpu=true</c> has it.</summary>
    public static bool IsBuiltIn => OrtEnv.Instance().GetAvailableProviders().Contains(Provider);

    /// <summary>What stands in the way; null when nothing does.</summary>
    public static string? Obstacle()
    {
        if (!IsBuiltIn)
            return "this build of Libretto has ONNX Runtime without CUDA (docs/deploy.md says how to build it with)";
        try
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            options.AppendExecutionProvider_CUDA();
            using var session = new InferenceSession(SmallestNetwork(), options);
            return null;
        }
        catch (OnnxRuntimeException e)
        {
            return e.Message;
        }
    }

    private static byte[] SmallestNetwork()
    {
        var graph = new GraphProto { Name = "probe" };
        graph.Input.Add(Number("in"));
        graph.Output.Add(Number("out"));
        var identity = new NodeProto { OpType = "Identity" };
        identity.Input.Add("in");
        identity.Output.Add("out");
        graph.Node.Add(identity);
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return model.ToByteArray();
    }

    private static ValueInfoProto Number(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() },
        },
    };
}
