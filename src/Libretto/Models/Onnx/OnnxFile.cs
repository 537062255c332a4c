using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Models.Onnx;

/// <summary>
/// Reads and writes ONNX files as protobuf messages. A message cannot pass 2 GB, so large models keep their tensors in a
/// second file beside the first ("external data").
/// </summary>
internal static class OnnxFile
{
    // Tensors smaller than this are read by the runtime while it builds the graph and stay in the message.
    private const int SmallestExternal = 1024;

    // The format asks that tensors may be mapped into memory a page at a time.
    private const int Page = 4096;

    /// <summary>Reads a model; external tensors stay where they are (see <see cref="Bytes"/>).</summary>
    /// <exception cref="ModelException">The file, or the one with its tensors, is missing, truncated or no ONNX model.</exception>
    public static ModelProto Read(string file)
    {
        if (!File.Exists(file))
            throw ModelException.FileMissing(file);
        try
        {
            using var stream = File.OpenRead(file);
            var model = ModelProto.Parser.ParseFrom(stream);
            return model.Graph is null ? throw new InvalidDataException("It holds no graph.") : model;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw ModelException.CannotLoad(file, e);
        }
    }

    /// <summary>The bytes of a tensor of fixed-size numbers, wherever they are kept.</summary>
    /// <param name="tensor">Not of strings.</param>
    /// <param name="file">The model's file, beside which external tensors lie.</param>
    public static ByteString Bytes(TensorProto tensor, string file)
    {
        if (tensor.DataLocation != DataLocation.External)
        {
            return tensor.FloatData.Count > 0
                ? ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(tensor.FloatData.ToArray()))
                : tensor.RawData;
        }
        var where = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        var data = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(where.GetValueOrDefault("location", "")));
        if (!File.Exists(data))
            throw ModelException.FileMissing(data);
        using var handle = File.OpenHandle(data);
        var offset = Number(where, "offset") ?? 0;
        var length = Number(where, "length") ?? RandomAccess.GetLength(handle) - offset;
        var bytes = new byte[length];
        for (var done = 0; done < bytes.Length;)
        {
            var count = RandomAccess.Read(handle, bytes.AsSpan(done), offset + done);
            if (count == 0)
                throw ModelException.CannotLoad(data, new EndOfStreamException());
            done += count;
        }
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>Brings an external tensor into the message.</summary>
    public static void BringIn(TensorProto tensor, string file)
    {
        if (tensor.DataLocation != DataLocation.External)
            return;
        tensor.RawData = Bytes(tensor, file);
        tensor.ExternalData.Clear();
        tensor.ClearDataLocation();
    }

    /// <summary>Writes a model whose tensors are all in the message; the large ones go to <c>FILE_data</c> if it is too large.</summary>
    /// <param name="model">Changed when tensors go to the second file.</param>
    /// <param name="file">Replaced if it exists.</param>
    /// <param name="largest">Bytes of tensors that one file may hold.</param>
    public static void Write(ModelProto model, string file, long largest = 1_500_000_000)
    {
        var tensors = OnnxGraph.All(model.Graph).SelectMany(graph => graph.Initializer).ToList();
        if (tensors.Sum(tensor => (long)tensor.RawData.Length) > largest)
            MoveOut(tensors, file + "_data");
        var temporary = file + ".new";
        using (var stream = File.Create(temporary))
            model.WriteTo(stream);
        File.Move(temporary, file, overwrite: true);
    }

    private static void MoveOut(IEnumerable<TensorProto> tensors, string data)
    {
        using var stream = File.Create(data);
        foreach (var tensor in tensors.Where(tensor => tensor.RawData.Length >= SmallestExternal))
        {
            stream.Position = (stream.Position + Page - 1) / Page * Page;
            tensor.ExternalData.Add(Entry("location", Path.GetFileName(data)));
            tensor.ExternalData.Add(Entry("offset", stream.Position.ToString(CultureInfo.InvariantCulture)));
            tensor.ExternalData.Add(Entry("length", tensor.RawData.Length.ToString(CultureInfo.InvariantCulture)));
            tensor.DataLocation = DataLocation.External;
            stream.Write(tensor.RawData.Span);
            tensor.ClearRawData();
        }
    }

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };

    private static long? Number(Dictionary<string, string> where, string key) =>
        long.TryParse(where.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
