namespace Libretto.Models.Onnx;

/// <summary>What computes the networks.</summary>
public enum OnnxDevice
{
    /// <summary>The graphics card where this build and this machine can use one, else the processor.</summary>
    Auto,

    /// <summary>The processor, whatever else there is.</summary>
    Cpu,

    /// <summary>The graphics card, by CUDA; where it cannot be used, the processor, with a warning that says why.</summary>
    Cuda,
}
