namespace Libretto.Audio.Activity;

/// <summary>
/// Finds where something sounds that may be a voice, by level alone. It decides for too much rather than too little: singing over
/// accompaniment is never dropped, pure music stays active.
/// </summary>
/// <remarks>
/// Levels are taken every 10 ms from 200 to 4000 Hz after a pre-emphasis that makes speech flat. A moment is silent when
/// <list type="number">
/// <item>it lies 30 dB below the peak (99th percentile) of the 40 s around it and near their floor (5th percentile + 12 dB), or 50 dB
/// below the peak, or below -80 dBFS; or</item>
/// <item>it is part of at least 2 s of steady noise: in each of four bands the levels of 100 ms deviate by less than 1.6 dB, and the
/// noise lies 10 dB below the peak or lasts longer than anyone holds a note (10 s). Gaussian noise of any colour stays below 1.2 dB,
/// dense and heavily compressed music above 2.2 dB, since words and notes change the bands.</item>
/// </list>
/// What is left is shaped into ranges by hysteresis and shortest lengths, see <see cref="ActivityOptions"/>. Memory is 0.6 kB a second
/// of audio.
/// </remarks>
public static class ActivityDetector
{
    private const double BelowPeak = 30;
    private const double AboveFloor = 12;
    private const double FarBelowPeak = 50;
    private const double NeverBelow = -80;

    // Within this range of the maximum a stem's levels mean nothing: it is silent altogether.
    private const double SilentMaximum = -70;

    /// <summary>The ranges where something sounds, in order, apart from each other, within the recording.</summary>
    /// <param name="audio">any rate from 8 kHz up; of several channels the mean power counts.</param>
    /// <param name="options"><see cref="ActivityOptions.ForMix"/> when null.</param>
    /// <param name="cancellationToken">Checked for every second of audio.</param>
    public static IReadOnlyList<TimeRange> Detect(
        PcmFile audio, ActivityOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        options ??= ActivityOptions.ForMix;
        var levels = VoiceLevels.Measure(audio, cancellationToken);
        if (options.BelowMaximum is { } below)
            return ActivityGate.Ranges(levels.Decibels, FixedThreshold(levels.Decibels, below), audio.Duration, options);

        var (thresholds, peaks) = FollowingThreshold(levels.Decibels);
        SteadyNoise.Silence(levels, peaks);
        return ActivityGate.Ranges(levels.Decibels, thresholds, audio.Duration, options);
    }

    private static float[] FixedThreshold(float[] decibels, double below)
    {
        var maximum = decibels.Length == 0 ? SilentMaximum : Math.Max(decibels.Max(), SilentMaximum);
        var thresholds = new float[decibels.Length];
        Array.Fill(thresholds, (float)(maximum - below));
        return thresholds;
    }

    /// <summary>A threshold for each level, and for each second the peak around it.</summary>
    private static (float[] Thresholds, float[] Peaks) FollowingThreshold(float[] decibels)
    {
        var thresholds = new float[decibels.Length];
        var peaks = new float[(decibels.Length / VoiceLevels.HopsPerSecond) + 1];
        var around = new SlidingPercentiles(decibels, 20 * VoiceLevels.HopsPerSecond);
        for (var second = 0; second < thresholds.Length; second += VoiceLevels.HopsPerSecond)
        {
            around.MoveTo(second);
            var peak = around.At(0.99);
            peaks[second / VoiceLevels.HopsPerSecond] = (float)peak;
            var threshold = Math.Max(peak - FarBelowPeak, Math.Min(peak - BelowPeak, around.At(0.05) + AboveFloor));
            var end = Math.Min(second + VoiceLevels.HopsPerSecond, thresholds.Length);
            Array.Fill(thresholds, (float)Math.Max(threshold, NeverBelow), second, end - second);
        }
        return (thresholds, peaks);
    }
}
