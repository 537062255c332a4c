using Libretto.Audio;
using Libretto.Pitch;

namespace Libretto.Tests.Pitch;

public class MelodyTrackerTests
{
    private static readonly (double Start, double End, double Note)[] s_melody =
        [(0.5, 1.1, 60), (1.1, 1.7, 64), (1.7, 2.3, 62), (2.3, 3.1, 67), (3.5, 4.3, 59), (4.3, 5, 57)];

    [Fact]
    public void The_melody_is_heard_in_the_middle_of_chords_a_bass_and_noise()
    {
        using var song = Mix(5.5, (left, right) =>
        {
            foreach (var (start, end, note) in s_melody)
                Sing(start, end, note, 0.25, left, right);
            foreach (var note in new[] { 48.0, 55, 60, 64 })
            {
                Sing(0, 5.5, note, 0.05, left, new float[right.Length]);
                Sing(0, 5.5, note, 0.02, new float[left.Length], right);
            }
            Sing(0, 5.5, 36, 0.2, left, right, harmonics: 3);
        });
        // The chord has the G below the melody's: octaves are less sure.
        AssertHeard(MelodyTracker.Track(song, null, TestContext.Current.CancellationToken), octave: 12);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1e-3, 1e-3)]
    public void It_is_heard_whichever_side_it_is_on_and_however_loud_it_is(double leftLevel, double rightLevel)
    {
        using var song = Mix(5.5, (left, right) =>
        {
            foreach (var (start, end, note) in s_melody)
            {
                Sing(start, end, note, 0.25 * leftLevel, left, new float[right.Length]);
                Sing(start, end, note, 0.25 * rightLevel, new float[left.Length], right);
            }
        });
        AssertHeard(MelodyTracker.Track(song, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void In_silence_nothing_is_sung()
    {
        using var song = Mix(2, (_, _) => { });
        var track = MelodyTracker.Track(song, null, TestContext.Current.CancellationToken);
        Assert.Equal(125, track.Count);
        Assert.DoesNotContain(true, Enumerable.Range(0, track.Count).Select(track.IsVoiced));
        using var none = new PcmFile(PitchTrack.SampleRate, 2);
        Assert.Equal(0, MelodyTracker.Track(none, null, TestContext.Current.CancellationToken).Count);
    }

    [Fact]
    public void Progress_goes_to_one_and_a_stop_is_felt()
    {
        using var song = Mix(40, (_, _) => { });
        var told = new List<double>();
        MelodyTracker.Track(song, new Told(told), TestContext.Current.CancellationToken);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1]);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => MelodyTracker.Track(song, new Told(told, stop.Cancel), stop.Token));
    }

    private static void AssertHeard(PitchTrack track, double octave = 1000)
    {
        foreach (var (start, end, note) in s_melody)
        {
            var frames = track.Frames(start + 0.1, end - 0.1);
            foreach (var frame in Enumerable.Range(frames.Start.Value, frames.End.Value - frames.Start.Value))
            {
                Assert.True(track.IsVoiced(frame), $"not heard at {PitchTrack.TimeOf(frame)} s");
                Assert.InRange(Math.Abs(Math.IEEERemainder(track.Note(frame) - note, octave)), 0, 0.3);
            }
        }
    }

    private static PcmFile Mix(double seconds, Action<float[], float[]> play)
    {
        var (left, right) = (new float[(int)(seconds * PitchTrack.SampleRate)], new float[(int)(seconds * PitchTrack.SampleRate)]);
        play(left, right);
        var mix = new PcmFile(PitchTrack.SampleRate, 2);
        mix.Append([.. left.Zip(right).SelectMany(pair => new[] { pair.First, pair.Second })]);
        return mix;
    }

    /// <summary>A tone with the overtones of a vowel.</summary>
    private static void Sing(double start, double end, double note, double level, float[] left, float[] right, int harmonics = 12)
    {
        var hertz = 440 * Math.Pow(2, (note - 69) / 12);
        for (var i = (int)(start * PitchTrack.SampleRate); i < Math.Min(left.Length, (int)(end * PitchTrack.SampleRate)); i++)
        {
            var time = (double)i / PitchTrack.SampleRate;
            var fade = Math.Min(1, Math.Min(time - start, end - time) / 0.02);
            for (var harmonic = 1; harmonic <= harmonics; harmonic++)
            {
                var sample = (float)(level * fade / harmonic * Math.Sin(2 * Math.PI * hertz * harmonic * time));
                left[i] += sample;
                right[i] += sample;
            }
        }
    }

    private sealed class Told(List<double> told, Action? then = null) : IProgress<double>
    {
        public void Report(double value)
        {
            told.Add(value);
            then?.Invoke();
        }
    }
}
