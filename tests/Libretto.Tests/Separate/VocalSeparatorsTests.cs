using Libretto.Models;
using Libretto.Pipeline.Stems;
using Libretto.Separate;
using Libretto.Tests.Support;

namespace Libretto.Tests.Separate;

public sealed class VocalSeparatorsTests(SeparationFixture fixture) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_catalogue_says_how_each_separation_model_is_run()
    {
        var entries = ModelCatalogue.All.Where(entry => entry.Kind == ModelKind.Separation).ToList();
        Assert.NotEmpty(entries);
        Assert.All(entries, entry => Assert.InRange(entry.Separation!.VocalsIndex, 0, 3));
        Assert.All(
            entries,
            entry => Assert.Equal(
                entry.Separation!.Files,
                entry.Sources.OfType<HuggingFaceSource>().First().Files.Select(file => file.PathInRepository)));
    }

    [Theory]
    [InlineData("spleeter-2stems", typeof(SpleeterSeparator), "vocals.fp16.onnx", "accompaniment.fp16.onnx")]
    [InlineData("mine", typeof(SpleeterSeparator), "vocals.onnx", "accompaniment.onnx")]
    [InlineData("htdemucs", typeof(DemucsSeparator), "htdemucs.onnx")]
    [InlineData("htdemucs-ft-vocals", typeof(DemucsSeparator), "htdemucs_ft_vocals_fp16weights.onnx")]
    public void A_folder_says_how_it_is_run(string name, Type separator, params string[] files)
    {
        var folder = Directory.CreateDirectory(_folder[name]).FullName;
        foreach (var file in files)
            File.WriteAllText(Path.Combine(folder, file), "");

        var opened = VocalSeparators.Open(folder + Path.DirectorySeparatorChar, fixture.Sessions);

        Assert.IsType(separator, opened);
        Assert.Equal((name, 44100), (opened.Name, opened.SampleRate));
    }

    [Fact]
    public void A_folder_without_networks_is_refused()
    {
        var error = Assert.Throws<SeparateException>(() => VocalSeparators.Open(_folder.Path, fixture.Sessions));
        Assert.Equal(("model_unknown", ErrorKind.Usage), (error.Code, error.Kind));
        Assert.Contains("accompaniment*.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_is_not_what_its_description_says_is_named_with_both_shapes()
    {
        var folder = SmallSeparators.WriteDemucs(_folder["six"]);
        var description = SeparationModel.Demucs("htdemucs.onnx") with { Stems = ["drums", "bass", "other", "vocals", "guitar", "piano"] };
        var separator = new DemucsSeparator("six", folder, description, fixture.Sessions);

        var error = await FailureAsync<SeparateException>(separator);

        Assert.Equal("model_mismatch", error.Code);
        Assert.Contains("stems [1, 4, 2, 343980]", error.Message, StringComparison.Ordinal);
        Assert.Contains("stems [1, 6, 2, 343980]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_for_something_else_is_refused()
    {
        ToneNetwork.Write(_folder.Path, "ab");
        var error = await FailureAsync<SeparateException>(VocalSeparators.Open(_folder.Path, fixture.Sessions));
        Assert.Equal("model_mismatch", error.Code);
        Assert.Contains("input_values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_network_is_called_broken()
    {
        var whole = await File.ReadAllBytesAsync(Path.Combine(SmallSeparators.WriteSpleeter(_folder["whole"]), "vocals.onnx"), Token);
        foreach (var name in new[] { "vocals.onnx", "accompaniment.onnx" })
            await File.WriteAllBytesAsync(_folder[name], whole[..(whole.Length / 2)], Token);
        var error = await FailureAsync<ModelException>(VocalSeparators.Open(_folder.Path, fixture.Sessions));
        Assert.Equal("model_broken", error.Code);
    }

    [Fact]
    public void A_description_without_vocals_is_refused()
    {
        var description = SeparationModel.Demucs("stand-in.onnx") with { Stems = ["drums", "bass"] };
        var error = Assert.Throws<SeparateException>(() => new DemucsSeparator("two", _folder.Path, description, fixture.Sessions));
        Assert.Equal("model_without_vocals", error.Code);
    }

    private static async Task<TException> FailureAsync<TException>(IVocalSeparator separator)
        where TException : Exception
    {
        using var mix = Recordings.Stereo(new float[2000]);
        return await Assert.ThrowsAsync<TException>(() => separator.SeparateAsync(mix, null, Token));
    }
}
