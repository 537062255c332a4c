using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Tests.Models.Onnx;
using Libretto.Tests.Support;

namespace Libretto.Tests.Models;

public sealed class WhisperInstallTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pulled_whisper_holds_8_bit_blocks_in_place_of_the_published_files()
    {
        var onnx = Directory.CreateDirectory(_folder["published"]).CreateSubdirectory("onnx").FullName;
        OnnxFile.Write(SmallDecoder.Create(), Path.Combine(onnx, "encoder_model.onnx"), largest: 0);
        OnnxFile.Write(SmallDecoder.Create(), Path.Combine(onnx, "decoder_model_merged.onnx"));
        await File.WriteAllTextAsync(Path.Combine(_folder["published"], "config.json"), "{}", TestContext.Current.CancellationToken);

        using var client = new HttpClient();
        var store = new ModelStore(new ModelStoreOptions { CacheFolder = _folder["cache"] }, client);
        var folder = await store.PullAsync("whisper-base", from: _folder["published"], ct: TestContext.Current.CancellationToken);

        Assert.Equal(
            ["config.json", "libretto-model.json", "onnx/decoder_model_merged_q8.onnx", "onnx/encoder_model_q8.onnx"],
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal(4, Directory.GetFiles(_folder["published"], "*", SearchOption.AllDirectories).Length);
        await store.VerifyAsync("whisper-base", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Half_as_large_files_of_16_bits_serve_as_well()
    {
        var onnx = Directory.CreateDirectory(_folder["published"]).CreateSubdirectory("onnx").FullName;
        foreach (var part in new[] { "encoder_model", "decoder_model_merged" })
        {
            var model = SmallDecoder.Create();
            HalfPrecisionTests.Halve(model);
            OnnxFile.Write(model, Path.Combine(onnx, part + "_fp16.onnx"), largest: 0);
        }
        using var client = new HttpClient();
        var store = new ModelStore(new ModelStoreOptions { CacheFolder = _folder["cache"] }, client);

        var folder = await store.PullAsync("whisper-base", from: _folder["published"], ct: TestContext.Current.CancellationToken);

        Assert.Equal(
            ["decoder_model_merged_q8.onnx", "encoder_model_q8.onnx"],
            Directory.EnumerateFiles(Path.Combine(folder, "onnx")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(400 * 3, SmallDecoder.Run(Path.Combine(folder, "onnx", "encoder_model_q8.onnx"), cached: true).Length);
    }

    [Fact]
    public async Task What_is_no_network_is_not_installed()
    {
        var onnx = Directory.CreateDirectory(_folder["published"]).CreateSubdirectory("onnx").FullName;
        await File.WriteAllTextAsync(Path.Combine(onnx, "encoder_model.onnx"), "<html>log in</html>", TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        var store = new ModelStore(new ModelStoreOptions { CacheFolder = _folder["cache"] }, client);
        var error = await Assert.ThrowsAsync<ModelException>(() =>
            store.PullAsync("whisper-base", from: _folder["published"], ct: TestContext.Current.CancellationToken));
        Assert.Equal("model_broken", error.Code);
        Assert.Null(store.Find("whisper-base"));
        Assert.Empty(store.List());
    }
}
