using Libretto.Audio;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Audio;

public sealed class TrackTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly AudioDecoder _decoder = new(new ToolRunner());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("comment", "default", 2)]
    [InlineData("comment+default", "0", 2)]
    [InlineData("0", "default", 2)]
    [InlineData("default", "0", 1)]
    [InlineData("0", "0", 1)]
    public async Task The_usual_track_is_taken_and_said(string first, string second, int taken)
    {
        var info = await _decoder.ProbeAsync(TwoTracks(first, second), Token);
        using var pcm = await _decoder.DecodeAsync(info, 16000, 1, cancellationToken: Token);

        Assert.Equal((taken, 2), (info.Track, info.Tracks));
        Assert.Equal(taken == 1 ? 3 : 5, pcm.Duration, 0.1);
        Assert.Contains($"track {taken} is used", Assert.Single(pcm.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public async Task Another_track_can_be_asked_for(int track, double seconds)
    {
        var info = await _decoder.ProbeAsync(TwoTracks("comment", "default"), track, Token);
        using var pcm = await _decoder.DecodeAsync(info, 16000, 1, cancellationToken: Token);

        Assert.Equal(seconds, pcm.Duration, 0.1);
        Assert.Empty(pcm.Warnings);
    }

    [Fact]
    public async Task A_track_that_is_not_there_is_named()
    {
        var path = TwoTracks("0", "0");
        var error = await Assert.ThrowsAsync<AudioException>(() => _decoder.ProbeAsync(path, 3, Token));
        Assert.Equal("track_missing", error.Code);
        Assert.Contains("2 audio tracks", error.Message, StringComparison.Ordinal);
    }

    private string TwoTracks(string first, string second) => TestAudio.Ffmpeg(
        _folder["two.mka"], "-f", "lavfi", "-i", "sine=300:d=3", "-f", "lavfi", "-i", "sine=600:d=5", "-map", "0", "-map", "1",
        "-disposition:a:0", first, "-disposition:a:1", second);
}
