using Libretto.Models.Onnx;
using Libretto.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Tests.Models;

public sealed class MoonshineInstallTests
{
    private const int Layers = 6;
    private const int Heads = 8;
    private const int HeadWidth = 36;

    [Fact]
    public async Task The_default_model_comes_with_all_its_files_as_they_were_installed()
    {
        var folder = await InstalledModels.MoonshineTinyAsync();
        var files = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["LICENSE", "LICENSE.tokens", "decoder_model_merged.onnx", "encoder_model.onnx", "libretto-model.json", "tokens.txt"], files);
        await InstalledModels.Store.VerifyAsync("moonshine-tiny", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Its_vocabulary_has_a_token_a_line()
    {
        var folder = await InstalledModels.MoonshineTinyAsync();
        var tokens = (await File.ReadAllTextAsync(Path.Combine(folder, "tokens.txt"), TestContext.Current.CancellationToken)).Split('\n');
        Assert.Equal(32000, tokens.Length);
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x00>"], tokens[..4]);
        Assert.Equal("<0xFF>", tokens[258]);
        Assert.Contains("▁the", tokens);
    }

    [Fact]
    public async Task Both_branches_of_its_decoder_tell_what_they_listen_to()
    {
        var folder = await InstalledModels.MoonshineTinyAsync();
        using var sessions = new OnnxSessions(threads: 1);
        var decoder = sessions.Open(Path.Combine(folder, "decoder_model_merged.onnx"));
        var encoder = sessions.Open(Path.Combine(folder, "encoder_model.onnx"));

        using var audio = OrtValue.CreateTensorValueFromMemory(Noise(16000), [1, 16000]);
        using var run = new RunOptions();
        using var heard = encoder.Run(run, ["input_values"], [audio], encoder.OutputNames);
        var frames = heard[0].GetTensorTypeAndShape().Shape[1];

        var past = Enumerable.Range(0, Layers * 4).Select(_ => OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [0, Heads, 1, HeadWidth])).ToList();
        using var first = Step(decoder, heard[0], [1], past, cached: false);
        AssertAttention(decoder, first, frames);

        var present = decoder.OutputNames.Select((name, i) => (name, i)).Where(o => o.name.StartsWith("present.", StringComparison.Ordinal)).Select(o => first[o.i]).ToList();
        using var second = Step(decoder, heard[0], [415], present, cached: true);
        AssertAttention(decoder, second, frames);
    }

    private static IDisposableReadOnlyCollection<OrtValue> Step(InferenceSession decoder, OrtValue heard, long[] ids, IReadOnlyList<OrtValue> past, bool cached)
    {
        using var run = new RunOptions();
        using var tokens = OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length]);
        using var flag = OrtValue.CreateTensorValueFromMemory(new[] { cached }, [1]);
        var names = decoder.InputNames;
        var pasts = new Queue<OrtValue>(past);
        var values = names.Select(name => name switch
        {
            "input_ids" => tokens,
            "encoder_hidden_states" => heard,
            "use_cache_branch" => flag,
            _ => pasts.Dequeue(),
        }).ToList();
        return decoder.Run(run, [.. names], values, [.. decoder.OutputNames]);
    }

    private static void AssertAttention(InferenceSession decoder, IReadOnlyList<OrtValue> outputs, long frames)
    {
        for (var layer = 0; layer < Layers; layer++)
        {
            var attention = outputs[decoder.OutputNames.ToList().IndexOf($"cross_attentions.{layer}")];
            Assert.Equal([1, Heads, 1, frames], attention.GetTensorTypeAndShape().Shape);
            var rows = attention.GetTensorDataAsSpan<float>();
            for (var head = 0; head < Heads; head++)
            {
                var sum = 0f;
                foreach (var weight in rows.Slice(head * (int)frames, (int)frames))
                    sum += weight;
                Assert.Equal(1, sum, 1e-3);
            }
        }
    }

    private static float[] Noise(int samples)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, samples).Select(_ => (float)(random.NextDouble() - 0.5) * 0.2f)];
    }
}
