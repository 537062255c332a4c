using System.Runtime.InteropServices;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Tests.Models.Onnx;

/// <summary>
/// The 8-bit files of whisper-base beside the checkout, turned back into 32-bit ones and quantised again: the weights must be
/// the same to the bit and the network must say the same.
/// </summary>
public sealed class WhisperBaseQuantizerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Optimising_makes_the_encoder_that_was_there()
    {
        var shared = Repository.SharedFile("models", "whisper-base", "onnx", "encoder_model_q8.onnx");
        var onnx = Directory.CreateDirectory(_folder["whisper-base"]).CreateSubdirectory("onnx").FullName;
        var full = OnnxFile.Read(shared);
        var matrices = Dequantizer.ToFloats(full);
        OnnxFile.Write(full, Path.Combine(onnx, "encoder_model.onnx"));

        using var client = new HttpClient();
        var store = new ModelStore(new ModelStoreOptions { CacheFolder = _folder["cache"], ExtraFolders = [_folder.Path] }, client);
        var made = Assert.Single(await store.OptimizeAsync("whisper-base", TestContext.Current.CancellationToken));
        Assert.Equal(Path.Combine(onnx, "encoder_model_q8.onnx"), made);
        Assert.Empty(await store.OptimizeAsync("whisper-base", TestContext.Current.CancellationToken));

        AssertSameMatrices(OnnxFile.Read(shared), OnnxFile.Read(made), matrices);
        Assert.Equal(Encode(shared), Encode(made));
        Assert.InRange(new FileInfo(made).Length, 0.99 * new FileInfo(shared).Length, 1.01 * new FileInfo(shared).Length);
    }

    [Fact]
    public void Quantising_makes_the_decoder_that_was_there_with_its_shared_embedding()
    {
        var shared = Repository.SharedFile("models", "whisper-base", "onnx", "decoder_model_merged_q8.onnx");
        var full = OnnxFile.Read(shared);
        var matrices = Dequantizer.ToFloats(full);
        Assert.Equal(61 + 49, BlockQuantizer.Quantize(full, shared));
        OnnxFile.Write(full, _folder["made.onnx"]);
        AssertSameMatrices(OnnxFile.Read(shared), full, matrices);
        Assert.InRange(new FileInfo(_folder["made.onnx"]).Length, 0.99 * new FileInfo(shared).Length, 1.01 * new FileInfo(shared).Length);
        Assert.Equal(Decode(shared), Decode(_folder["made.onnx"]));
    }

    private static void AssertSameMatrices(ModelProto expected, ModelProto actual, IReadOnlyCollection<string> names)
    {
        Assert.NotEmpty(names);
        var old = expected.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var made = actual.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var name in names)
        {
            var mine = made.ContainsKey(name + "_q8") ? name : name + "_T";
            Assert.True(old[name + "_Q8"].RawData.Span.SequenceEqual(made[mine + "_q8"].RawData.Span), name);
            Assert.True(old[name + "_scales"].RawData.Span.SequenceEqual(made[mine + "_scales"].RawData.Span), name);
        }
    }

    private static float[] Encode(string file)
    {
        using var sessions = new OnnxSessions(threads: 1);
        using var run = new RunOptions();
        var random = new Random(5);
        var features = Enumerable.Range(0, 80 * 3000).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray();
        using var input = OrtValue.CreateTensorValueFromMemory(features, [1, 80, 3000]);
        using var outputs = sessions.Open(file).Run(run, ["input_features"], [input], ["last_hidden_state"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static float[] Decode(string file)
    {
        using var sessions = new OnnxSessions(threads: 1);
        using var run = new RunOptions();
        var session = sessions.Open(file);
        var random = new Random(5);
        var heard = Enumerable.Range(0, 1500 * 512).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray();
        var values = session.InputNames.Select(name => name switch
        {
            "input_ids" => OrtValue.CreateTensorValueFromMemory(new long[] { 50258, 50259, 50359, 50363, 440, 2264 }, [1, 6]),
            "encoder_hidden_states" => OrtValue.CreateTensorValueFromMemory(heard, [1, 1500, 512]),
            "use_cache_branch" => OrtValue.CreateTensorValueFromMemory(new[] { false }, [1]),
            _ => OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [1, 8, 0, 64]),
        }).ToList();
        using var outputs = session.Run(run, [.. session.InputNames], values, ["logits", "cross_attentions.5"]);
        values.ForEach(value => value.Dispose());
        return [.. outputs[0].GetTensorDataAsSpan<float>(), .. outputs[1].GetTensorDataAsSpan<float>()];
    }
}
