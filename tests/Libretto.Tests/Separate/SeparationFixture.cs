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
    private readonly ScratchFolder _small = new();

    public OnnxSessions Sessions { get; } = new(threads: 2);

    internal AudioDecoder Decoder { get; } = new(new ToolRunner());

    /// <summary>Real networks where they are among the test data, else small ones of the same layout.</summary>
    internal IVocalSeparator Spleeter => VocalSeparators.Open(SpleeterFolder, Sessions);

    internal string SpleeterFolder => SharedOr(Path.Combine("models", "spleeter-2stems"), SmallSeparators.WriteSpleeter);

    /// <summary>The same.</summary>
    internal IVocalSeparator Demucs => VocalSeparators.Open(DemucsFolder, Sessions);

    internal string DemucsFolder => SharedOr(Path.Combine("golden", "demucs"), SmallSeparators.WriteDemucs);

    /// <summary>Twelve seconds of a song, in stereo: English, sung to chords.</summary>
    internal async Task<PcmFile> SongAsync()
    {
        var path = Repository.File("samples", "morning-light.ogg");
        using var sample = await Decoder.DecodeAsync(path, 44100, 2, null, TestContext.Current.CancellationToken);
        return sample.Cut(2, 12);
    }

    internal Task<PcmFile> DecodeAsync(params string[] shared) =>
        Decoder.DecodeAsync(Repository.SharedFile(shared), 44100, 2, null, TestContext.Current.CancellationToken);

    internal Task<PcmFile> DecodeSampleAsync(string name) =>
        Decoder.DecodeAsync(Repository.File("samples", name), 44100, 2, null, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        Sessions.Dispose();
        _small.Dispose();
    }

    private string SharedOr(string shared, Func<string, string> make)
    {
        var real = Path.Combine(Repository.Shared, shared);
        if (Directory.Exists(real))
            return real;
        lock (_small)
            return Directory.Exists(_small[shared]) ? _small[shared] : make(_small[shared]);
    }
}
