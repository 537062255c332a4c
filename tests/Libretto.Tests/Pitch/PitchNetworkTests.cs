using Libretto.Audio;
using Libretto.Models.Onnx;
using Libretto.Pitch;
using Libretto.Tests.Support;

namespace Libretto.Tests.Pitch;

public sealed class PitchNetworkTests : IDisposable
{
    private readonly OnnxSessions _sessions = new(threads: 2);

    public void Dispose() => _sessions.Dispose();

    [Fact]
    public void SwiftF0_hears_notes_where_they_are_sung()
    {
        var network = PitchNetwork.Load(Repository.SharedFile("models", "swift-f0"), _sessions);
        // Ninety seconds, so that there are two windows; the second note lies across their seam.
        using var voice = Sing(90, (10, 12, 220), (59, 61, 330), (80, 81, 110));
        var track = network.Track(voice, null, TestContext.Current.CancellationToken);
        foreach (var (time, hertz) in new[] { (11.0, 220.0), (59.5, 330), (59.98, 330), (60.02, 330), (60.5, 330), (80.5, 110) })
        {
            var frame = track.Frames(time, time + 0.02).Start.Value;
            Assert.True(track.IsVoiced(frame), $"at {time} s");
            Assert.Equal(PitchTrack.NoteOf(hertz), track.Note(frame), 0.3);
        }
        Assert.False(track.IsVoiced(track.Frames(30, 30.02).Start.Value));
    }

    [Fact]
    public void Frames_of_all_windows_stand_at_their_own_time()
    {
        using var folder = new ScratchFolder();
        LoudnessNetwork.Write(folder["model.onnx"]);
        using var voice = Sing(130, (59.9, 60.1, 500), (119.5, 120.5, 500), (129, 130, 500));
        var track = PitchNetwork.Load(folder.Path, _sessions).Track(voice, null, TestContext.Current.CancellationToken);
        Assert.Equal((int)Math.Ceiling(130.0 * 16000 / 256), track.Count);
        for (var i = 0; i < track.Count; i++)
        {
            var (start, end) = (i * PitchTrack.Hop, (i + 1) * PitchTrack.Hop);
            var sounds = new[] { (59.9, 60.1), (119.5, 120.5), (129.0, 130.0) }.Any(range => start < range.Item2 - 0.002 && end > range.Item1 + 0.002);
            var isSilent = !new[] { (59.9, 60.1), (119.5, 120.5), (129.0, 130.0) }.Any(range => start < range.Item2 && end > range.Item1);
            if (sounds)
                Assert.True(track.Hertz[i] > 0.05, $"frame {i}");
            if (isSilent)
                Assert.Equal(0, track.Hertz[i]);
        }
    }

    [Fact]
    public void Another_network_is_refused()
    {
        using var folder = new ScratchFolder();
        ToneNetwork.Write(folder.Path, "ab");
        var error = Assert.Throws<PitchException>(() => PitchNetwork.Load(folder.Path, _sessions));
        Assert.Equal("model_unsupported", error.Code);
    }

    private static PcmFile Sing(int seconds, params (double Start, double End, double Hertz)[] notes)
    {
        var samples = new float[seconds * PitchTrack.SampleRate];
        foreach (var (start, end, hertz) in notes)
            for (var i = (int)(start * PitchTrack.SampleRate); i < (int)(end * PitchTrack.SampleRate); i++)
                for (var harmonic = 1; harmonic <= 6; harmonic++)
                    samples[i] += (float)(0.2 / harmonic * Math.Sin(2 * Math.PI * hertz * harmonic * i / PitchTrack.SampleRate));
        var voice = new PcmFile(PitchTrack.SampleRate, 1);
        voice.Append(samples);
        return voice;
    }
}
