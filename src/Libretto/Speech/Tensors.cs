using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Libretto.Speech;

/// <summary>What ONNX Runtime's values lack: views without copies, rows picked, numbers read whatever their width.</summary>
internal static class Tensors
{
    /// <summary>A new tensor, its content undefined.</summary>
    public static OrtValue Allocate(TensorElementType type, params long[] shape) =>
        OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);

    /// <summary>A new tensor of whole numbers.</summary>
    public static OrtValue Of(ReadOnlySpan<long> values, params long[] shape)
    {
        var tensor = Allocate(TensorElementType.Int64, shape);
        values.CopyTo(tensor.GetTensorMutableDataAsSpan<long>());
        return tensor;
    }

    /// <summary>A new tensor holding one truth value.</summary>
    public static OrtValue Of(bool value)
    {
        var tensor = Allocate(TensorElementType.Bool, 1);
        tensor.GetTensorMutableDataAsSpan<bool>()[0] = value;
        return tensor;
    }

    /// <summary>The tensor's shape.</summary>
    public static long[] Shape(this OrtValue tensor) => tensor.GetTensorTypeAndShape().Shape;

    /// <summary>The first rows of a tensor, in the same memory; the tensor must outlive the view.</summary>
    public static unsafe OrtValue FirstRows(this OrtValue tensor, int rows)
    {
        var info = tensor.GetTensorTypeAndShape();
        var shape = info.Shape;
        var bytes = tensor.GetTensorMutableRawData();
        var length = bytes.Length / (int)Math.Max(1, shape[0]) * rows;
        shape[0] = rows;
        fixed (byte* start = bytes)
            return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, info.ElementDataType, shape, (nint)start, length);
    }

    /// <summary>Copies one row over another.</summary>
    public static void CopyRow(this OrtValue tensor, int from, int to)
    {
        var bytes = tensor.GetTensorMutableRawData();
        var length = bytes.Length / (int)tensor.Shape()[0];
        bytes.Slice(from * length, length).CopyTo(bytes.Slice(to * length, length));
    }

    /// <summary>A new tensor of the rows picked, in the order picked.</summary>
    public static OrtValue PickRows(this OrtValue tensor, ReadOnlySpan<int> rows)
    {
        var info = tensor.GetTensorTypeAndShape();
        var shape = info.Shape;
        var source = tensor.GetTensorMutableRawData();
        var length = source.Length / (int)shape[0];
        shape[0] = rows.Length;
        var picked = Allocate(info.ElementDataType, shape);
        var target = picked.GetTensorMutableRawData();
        for (var i = 0; i < rows.Length; i++)
            source.Slice(rows[i] * length, length).CopyTo(target[(i * length)..]);
        return picked;
    }

    /// <summary>The numbers as single precision; copied only where they are not.</summary>
    public static ReadOnlySpan<float> Floats(this OrtValue tensor)
    {
        if (tensor.GetTensorTypeAndShape().ElementDataType != TensorElementType.Float16)
            return tensor.GetTensorDataAsSpan<float>();
        var halves = MemoryMarshal.Cast<byte, Half>(tensor.GetTensorMutableRawData());
        var floats = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, floats);
        return floats;
    }

    /// <summary>Fills a tensor, or a part of it, with numbers in its own precision.</summary>
    public static void Write(this OrtValue tensor, int offset, ReadOnlySpan<float> values)
    {
        if (tensor.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float16)
            TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(tensor.GetTensorMutableRawData())[offset..]);
        else
            values.CopyTo(tensor.GetTensorMutableDataAsSpan<float>()[offset..]);
    }
}
