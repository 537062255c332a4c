using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Libretto.Tests.Models.Onnx;

public sealed class OnnxSessionsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_loaded_once_however_many_ask()
    {
        OnnxFile.Write(SmallDecoder.Create(), _folder["a.onnx"]);
        using var sessions = new OnnxSessions(threads: 1);
        var path = Path.Combine(_folder.Path, ".", "a.onnx");
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => sessions.Open(path))));
        Assert.Single(all.Distinct());
    }

    [Fact]
    public void A_truncated_file_is_an_error_with_a_cure_and_can_be_mended()
    {
        var file = Path.Combine(Directory.CreateDirectory(_folder["whisper-base"]).CreateSubdirectory("onnx").FullName, "a.onnx");
        OnnxFile.Write(SmallDecoder.Create(), file);
        var whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..(whole.Length / 2)]);
        using var sessions = new OnnxSessions(threads: 1);
        var error = Assert.Throws<ModelException>(() => sessions.Open(file));
        Assert.Equal("model_broken", error.Code);
        Assert.Contains("libretto models pull whisper-base", error.Message);

        File.WriteAllBytes(file, whole);
        Assert.NotNull(sessions.Open(file));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var sessions = new OnnxSessions();
        var error = Assert.Throws<ModelException>(() => sessions.Open(_folder["none.onnx"]));
        Assert.Equal("model_incomplete", error.Code);
        Assert.Contains(_folder["none.onnx"], error.Message);
    }

    [Fact]
    public void Nothing_is_loaded_after_the_end()
    {
        OnnxFile.Write(SmallDecoder.Create(), _folder["a.onnx"]);
        var sessions = new OnnxSessions(threads: 1);
        sessions.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sessions.Open(_folder["a.onnx"]));
    }

    [Fact]
    public void A_graphics_card_that_cannot_be_used_costs_a_warning_that_says_why_and_not_the_song()
    {
        Assert.SkipWhen(CudaProbe.Obstacle() is null, "this machine computes on its graphics card");
        OnnxFile.Write(SmallDecoder.Create(), _folder["a.onnx"]);
        var log = new LogLines<OnnxSessions>();
        using var sessions = new OnnxSessions(threads: 1, OnnxDevice.Cuda, log);

        Assert.NotNull(sessions.Open(_folder["a.onnx"]));

        Assert.False(sessions.UsesCuda);
        var warning = Assert.Single(log.All);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains(CudaProbe.Obstacle()!, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_wish_for_a_graphics_card_a_build_that_knows_none_is_silent()
    {
        Assert.SkipWhen(CudaProbe.IsBuiltIn, "this build knows graphics cards");
        var log = new LogLines<OnnxSessions>();
        using var sessions = new OnnxSessions(threads: 1, OnnxDevice.Auto, log);
        Assert.False(sessions.UsesCuda);
        Assert.Empty(log.All);
    }
}
