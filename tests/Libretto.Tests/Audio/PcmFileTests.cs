using Libretto.Audio;
using Libretto.Tests.Support;

namespace Libretto.Tests.Audio;

public sealed class PcmFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_lies_outside_reads_as_silence()
    {
        using var pcm = new PcmFile(8000, 2);
        pcm.Append([1, 2, 3, 4]);

        Assert.Equal([0, 0, 1, 2, 3, 4, 0, 0], Read(pcm, -1, 8));
        Assert.Equal([3, 4, 0, 0], Read(pcm, 1, 4));
        Assert.Equal([0, 0], Read(pcm, -5, 2));
        Assert.Equal([0, 0], Read(pcm, 9, 2));
        Assert.Equal([0, 0], Read(pcm, long.MaxValue / 16, 2));
        Assert.Empty(Read(pcm, 0, 0));
    }

    [Fact]
    public void Appending_goes_on_where_it_ended()
    {
        using var pcm = new PcmFile(2, 1);
        pcm.Append([1, 2, 3]);
        pcm.Append([]);
        pcm.Append([4]);

        Assert.Equal((4L, 2.0), (pcm.Frames, pcm.Duration));
        Assert.Equal([1, 2, 3, 4], Read(pcm, 0, 4));
    }

    [Fact]
    public void Mono_is_the_mean_of_the_channels()
    {
        using var pcm = new PcmFile(8000, 2);
        pcm.Append([1, 0, 0.5f, 0.25f]);
        var mono = new float[4];

        pcm.ReadMono(-1, mono);

        Assert.Equal([0, 0.5f, 0.375f, 0], mono);
    }

    [Fact]
    public void Part_of_a_frame_is_refused()
    {
        using var pcm = new PcmFile(8000, 2);
        Assert.Throws<ArgumentException>(() => pcm.Append([1]));
        Assert.Throws<ArgumentException>(() => Read(pcm, 0, 3));
        Assert.Equal(0, pcm.Frames);
    }

    [Fact]
    public void No_file_is_left_to_be_seen()
    {
        using (var pcm = new PcmFile(8000, 1, _folder.Path))
        {
            pcm.Append([1, 2]);
            if (!OperatingSystem.IsWindows())
                Assert.Empty(Directory.GetFiles(_folder.Path));
            Assert.Equal([1, 2], Read(pcm, 0, 2));
        }
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var error = Assert.Throws<AudioException>(() => new PcmFile(8000, 1, _folder["missing"]));
        Assert.Equal("spool_failed", error.Code);
        Assert.Contains(_folder["missing"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_says_so()
    {
        using var disk = TinyDisk.Mount(_folder["disk"], bytes: 1 << 20);
        using var pcm = new PcmFile(8000, 1, disk.Path);
        var block = new float[1 << 16];

        var error = Assert.Throws<AudioException>(() =>
        {
            for (var i = 0; i < 8; i++)
                pcm.Append(block);
        });

        Assert.Equal("disk_full", error.Code);
        Assert.Contains(disk.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_readers_do_not_disturb_each_other()
    {
        using var pcm = new PcmFile(8000, 1);
        pcm.Append([.. Enumerable.Range(0, 100_000).Select(i => (float)i)]);

        await Parallel.ForAsync(0, 64, TestContext.Current.CancellationToken, (n, _) =>
        {
            Assert.Equal(Enumerable.Range(n * 1000, 2000).Select(i => (float)i), Read(pcm, n * 1000, 2000));
            return ValueTask.CompletedTask;
        });
    }

    private static float[] Read(PcmFile pcm, long start, int samples)
    {
        var read = new float[samples];
        Array.Fill(read, 9);
        pcm.Read(start, read);
        return read;
    }
}
