namespace Libretto.Pitch;

/// <summary>What is sung, frame by frame. Frames are <see cref="Hop"/> apart; frame <c>i</c> is centred on <see cref="TimeOf"/>.</summary>
/// <param name="Hertz">The pitch of each frame, hertz; of no meaning where the confidence is low.</param>
/// <param name="Confidence">How sure the network is that there is a pitch and that it is this one, 0 to 1; one a frame.</param>
/// <param name="Level">How loud each frame is, decibels below full scale (0 is the loudest, -120 silence); one a frame.</param>
internal sealed record PitchTrack(float[] Hertz, float[] Confidence, float[] Level)
{
    /// <summary>Samples a second that the network listens to.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Samples from one frame to the next.</summary>
    public const int HopSamples = 256;

    /// <summary>Seconds from one frame to the next.</summary>
    public const double Hop = (double)HopSamples / SampleRate;

    /// <summary>From here on a frame counts as voiced: the threshold of SwiftF0's authors.</summary>
    public const float Voiced = 0.9f;

    // The centre of the first frame's hop; the network's documentation gives the formula.
    private const double FirstCentre = 127.5 / SampleRate;

    /// <summary>Frames.</summary>
    public int Count => Hertz.Length;

    /// <summary>The middle of a frame, seconds.</summary>
    public static double TimeOf(int frame) => FirstCentre + frame * Hop;

    /// <summary>The frames whose middles lie within a stretch of time; empty where there is none.</summary>
    public Range Frames(double start, double end)
    {
        var first = Math.Clamp((int)Math.Ceiling((start - FirstCentre) / Hop), 0, Count);
        var last = Math.Clamp((int)Math.Ceiling((end - FirstCentre) / Hop), first, Count);
        return first..last;
    }

    /// <summary>Whether a frame has a pitch.</summary>
    public bool IsVoiced(int frame) => Confidence[frame] >= Voiced && Hertz[frame] > 0;

    /// <summary>The pitch of a frame as a MIDI note number, with fractions: 69 is 440 Hz.</summary>
    public double Note(int frame) => NoteOf(Hertz[frame]);

    /// <summary>A frequency as a MIDI note number, with fractions.</summary>
    public static double NoteOf(double hertz) => 69 + 12 * Math.Log2(hertz / 440);
}
