using Libretto.Audio;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Audio;

public sealed class AudioEncoderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly AudioEncoder _encoder = new(new ToolRunner());
    private readonly AudioDecoder _decoder = new(new ToolRunner());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(AudioFormat.Flac16, "a.flac", 1, 1.0 / 32768)]
    [InlineData(AudioFormat.Flac16, "a.flac", 2, 1.0 / 32768)]
    [InlineData(AudioFormat.Flac24, "a.flac", 2, 1.0 / 8388608)]
    [InlineData(AudioFormat.Wav16, "a.wav", 2, 1.0 / 32768)]
    [InlineData(AudioFormat.WavFloat, "a.wav", 2, 0)]
    public async Task What_is_written_reads_back(AudioFormat format, string name, int channels, double tolerance)
    {
        using var pcm = Chirp(16000, channels, 40_000);

        await _encoder.EncodeAsync(pcm, _folder[name], format, null, Token);
        using var back = await _decoder.DecodeAsync(_folder[name], 16000, channels, null, Token);

        Assert.Equal(pcm.Frames, back.Frames);
        Assert.All(All(pcm).Zip(All(back)), pair => Assert.Equal(pair.First, pair.Second, tolerance * 1.01));
        Assert.Equal([_folder[name]], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Opus_keeps_the_length()
    {
        using var pcm = Chirp(48000, 2, 96_000);
        await _encoder.EncodeAsync(pcm, _folder["a.opus"], AudioFormat.Opus, null, Token);
        var info = await _decoder.ProbeAsync(_folder["a.opus"], Token);
        Assert.Equal("opus", info.Codec);
        Assert.InRange(info.Duration!.Value, 1.99, 2.03);
    }

    [Fact]
    public async Task A_stretch_is_exactly_that_stretch()
    {
        using var pcm = Chirp(16000, 1, 48_000);
        await _encoder.EncodeAsync(pcm, _folder["a.wav"], AudioFormat.WavFloat, new TimeRange(1, 1.5), Token);
        using var back = await _decoder.DecodeAsync(_folder["a.wav"], 16000, 1, null, Token);
        Assert.Equal(All(pcm)[16_000..24_000], All(back));
    }

    [Fact]
    public async Task An_older_file_is_replaced_whole()
    {
        await File.WriteAllTextAsync(_folder["a.flac"], "old", Token);
        using var pcm = Chirp(16000, 1, 1000);
        await _encoder.EncodeAsync(pcm, _folder["a.flac"], AudioFormat.Flac16, null, Token);
        Assert.Equal("flac", (await _decoder.ProbeAsync(_folder["a.flac"], Token)).Codec);
    }

    [Fact]
    public async Task A_source_that_fails_leaves_nothing_behind_and_the_old_file_alone()
    {
        await File.WriteAllTextAsync(_folder["a.flac"], "old", Token);

        await Assert.ThrowsAsync<InvalidDataException>(
            () => _encoder.EncodeAsync(Failing(), 16000, 1, _folder["a.flac"], AudioFormat.Flac16, Token));

        Assert.Equal([_folder["a.flac"]], Directory.GetFiles(_folder.Path));
        Assert.Equal("old", await File.ReadAllTextAsync(_folder["a.flac"], Token));

        static async IAsyncEnumerable<ReadOnlyMemory<float>> Failing()
        {
            yield return new float[50_000];
            await Task.Yield();
            throw new InvalidDataException();
        }
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_behind()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _encoder.EncodeAsync(Endless(), 44100, 2, _folder["a.flac"], AudioFormat.Flac24, cancel.Token));

        Assert.Empty(Directory.GetFiles(_folder.Path));

        async IAsyncEnumerable<ReadOnlyMemory<float>> Endless()
        {
            for (var i = 0; ; i++)
            {
                if (i == 20)
                    await cancel.CancelAsync();
                yield return new float[10_000];
            }
        }
    }

    [Fact]
    public async Task A_missing_folder_or_a_folder_in_the_way_is_named()
    {
        using var pcm = Chirp(16000, 1, 1000);
        foreach (var path in new[] { _folder["no/a.flac"], _folder.Path })
        {
            var error = await Assert.ThrowsAsync<AudioException>(() => _encoder.EncodeAsync(pcm, path, AudioFormat.Flac16, null, Token));
            Assert.Equal("cannot_write", error.Code);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_full_disk_says_so_and_nothing_remains()
    {
        using var disk = TinyDisk.Mount(_folder["disk"], bytes: 1 << 18);
        using var pcm = Chirp(44100, 2, 400_000);

        var error = await Assert.ThrowsAsync<AudioException>(
            () => _encoder.EncodeAsync(pcm, Path.Combine(disk.Path, "a.wav"), AudioFormat.WavFloat, null, Token));

        Assert.Equal("disk_full", error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));
    }

    private static PcmFile Chirp(int rate, int channels, int frames)
    {
        var pcm = new PcmFile(rate, channels);
        var samples = new float[frames * channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(0.9 * Math.Sin(i * (0.01 + (i * 1e-6))));
        pcm.Append(samples);
        return pcm;
    }

    private static float[] All(PcmFile pcm)
    {
        var samples = new float[pcm.Frames * pcm.Channels];
        pcm.Read(0, samples);
        return samples;
    }
}
