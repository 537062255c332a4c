using Libretto.Audio;
using Libretto.Models;
using Libretto.Separate;
using Libretto.Tests.Separate;
using Libretto.Tests.Support;
using Libretto.Tools;

[assembly: AssemblyFixture(typeof(SeparationFixture))]

namespace Libretto.Tests.Separate;

/// <summary>The separation networks, loaded once for all tests.</summary>
public sealed class SeparationFixture : IDisposable
{
    internal static readonly SeparationModel SpleeterModel =
        new(SeparationLayout.Spleeter, 44100, ["vocals", "accompaniment"], ["vocals.fp16.onnx", "accompaniment.fp16.onnx"]);

    internal static readonly SeparationModel DemucsModel =
        new(SeparationLayout.Demucs, 44100, ["drums", "bass", "other", "vocals"], ["stand-in.onnx"]);

    public OnnxSessions Sessions { get; } = new(threads: 2);

    internal AudioDecoder Decoder { get; } = new(new ToolRunner());

    internal SpleeterSeparator Spleeter => new("spleeter-2stems", Repository.SharedFile("models", "spleeter-2stems"), SpleeterModel, Sessions);

    internal DemucsSeparator Demucs => new("htdemucs", Repository.SharedFile("golden", "demucs"), DemucsModel, Sessions);

    internal Task<PcmFile> DecodeAsync(params string[] shared) =>
        Decoder.DecodeAsync(Repository.SharedFile(shared), 44100, 2, null, TestContext.Current.CancellationToken);

    public void Dispose() => Sessions.Dispose();
}
