namespace Libretto.Audio.Activity;

/// <summary>What counts as sound worth listening to, and how ranges of it are shaped. Times are seconds, levels decibels.</summary>
public sealed record ActivityOptions
{
    /// <summary>For any recording: loses no singing under accompaniment, drops silence and steady noise.</summary>
    public static ActivityOptions ForMix { get; } = new();

    /// <summary>
    /// For a separated vocal stem, where what is left between the words is quiet: sound that rises to within 24 dB of the stem's loudest
    /// moment, with its soft beginning and end down to 35 dB, joined over silences shorter than 1 s. Jam-ALT's handling of stems, which
    /// stops at 20 dB (a tenth of the amplitude), missed 8.5 % of the word starts on four annotated songs, softer verses above all;
    /// 30 and 35 dB miss 1.2 %, and at 35 dB a soft note's beginning is found up to half a second sooner.
    /// </summary>
    public static ActivityOptions ForStem { get; } = new()
    {
        BelowMaximum = 35,
        Hysteresis = 11,
        MinimumActive = 0.1,
        MinimumSilence = 1,
        PadBefore = 0.1,
        PadAfter = 0.2,
    };

    /// <summary>A fixed threshold this far below the recording's loudest moment; null (the default) follows the recording.</summary>
    public double? BelowMaximum { get; init; }

    /// <summary>How much louder a range must begin than it may end, 0 or more; 3 by default.</summary>
    public double Hysteresis { get; init; } = 3;

    /// <summary>Shorter ranges are dropped; 0.08 by default.</summary>
    public double MinimumActive { get; init; } = 0.08;

    /// <summary>Ranges closer than this are joined; 0.25 by default.</summary>
    public double MinimumSilence { get; init; } = 0.25;

    /// <summary>Added before each range; 0.05 by default.</summary>
    public double PadBefore { get; init; } = 0.05;

    /// <summary>Added after each range; 0.1 by default.</summary>
    public double PadAfter { get; init; } = 0.1;
}
