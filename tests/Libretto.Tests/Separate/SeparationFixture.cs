using Libretto.Audio;
using Libretto.Models.Onnx;
using Libretto.Separate;
using Libretto.Tests.Separate;
using Libretto.Tests.Support;
using Libretto.Tools;

[assembly: AssemblyFixture(typeof(SeparationFixture))]

namespace Libretto.Tests.Separate;

/// <summary>The separation networks, loaded once for all tests.</summary>
public sealed class SeparationFixture : IDisposable
{
    public OnnxSessions Sessions { get; } = new(threads: 2);

    internal AudioDecoder Decoder { get; } = new(new ToolRunner());

    internal IVocalSeparator Spleeter => VocalSeparators.Open(Repository.SharedFile("models", "spleeter-2stems"), Sessions);

    internal IVocalSeparator Demucs => VocalSeparators.Open(Repository.SharedFile("golden", "demucs"), Sessions);

    internal Task<PcmFile> DecodeAsync(params string[] shared) =>
        Decoder.DecodeAsync(Repository.SharedFile(shared), 44100, 2, null, TestContext.Current.CancellationToken);

    internal Task<PcmFile> DecodeSampleAsync(string name) =>
        Decoder.DecodeAsync(Repository.File("samples", name), 44100, 2, null, TestContext.Current.CancellationToken);

    public void Dispose() => Sessions.Dispose();
}
