using Google.Protobuf;

namespace Libretto.Models.Onnx;

/// <summary>Reads and writes ONNX files as protobuf messages.</summary>
internal static class OnnxFile
{
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

    public static void Write(ModelProto model, string file)
    {
        var temporary = file + ".new";
        using (var stream = File.Create(temporary))
            model.WriteTo(stream);
        File.Move(temporary, file, overwrite: true);
    }
}
