namespace Libretto.Align;

/// <summary>Decides whether words' times are used as they are or made anew, and by what.</summary>
internal static class TimingTrust
{
    /// <summary>Decides.</summary>
    /// <param name="facts">What is known of the words and the means.</param>
    public static TimingDecision Decide(TimingFacts facts)
    {
        if (facts.LyricsAreSupplied)
            return Anew(facts, "the lyrics were supplied");
        if (facts.WordsAreEstimated)
            return Anew(facts, "the engine gave no times for single words");
        if (facts.EngineTimesAreTrusted)
            return new(TimingMethod.AsTheyAre, "The engine's own word times are used: they are measured for each word.");
        return facts.HasCtcModel
            ? new(TimingMethod.Ctc, "Words are aligned to the voice by letters: times from attention drift on singing.")
            : new(TimingMethod.AsTheyAre, "Times from attention are used: no alignment model for this language is installed.");
    }

    private static TimingDecision Anew(TimingFacts facts, string why) =>
        facts.HasCtcModel ? new(TimingMethod.Ctc, $"Words are aligned to the voice by letters: {why}.")
        : facts.HasAttention ? new(TimingMethod.Attention, $"Words are aligned to the voice by attention: {why}.")
        : new(TimingMethod.Estimated, $"Words are spread between what is known, since no alignment model is installed and {why}.");
}

/// <summary>What is known of words whose times are in question.</summary>
internal sealed record TimingFacts
{
    /// <summary>Whether the words are given rather than recognised.</summary>
    public bool LyricsAreSupplied { get; init; }

    /// <summary>Whether times were spread over a segment because the engine gave none for words.</summary>
    public bool WordsAreEstimated { get; init; }

    /// <summary>Whether the engine measures words' times itself, as hosted engines do.</summary>
    public bool EngineTimesAreTrusted { get; init; }

    /// <summary>Whether a CTC model for the language is at hand.</summary>
    public bool HasCtcModel { get; init; }

    /// <summary>Whether a local network can be made to listen for given words by its attention.</summary>
    public bool HasAttention { get; init; }
}

/// <summary>Where words' times come from.</summary>
internal enum TimingMethod
{
    /// <summary>From the engine.</summary>
    AsTheyAre,

    /// <summary>From CTC forced alignment.</summary>
    Ctc,

    /// <summary>From the attention of a network that is fed the words.</summary>
    Attention,

    /// <summary>From words and segments around; nothing was listened to.</summary>
    Estimated,
}

/// <summary>What was decided.</summary>
/// <param name="Method">Where times come from.</param>
/// <param name="Reason">A sentence for the user.</param>
internal sealed record TimingDecision(TimingMethod Method, string Reason);
