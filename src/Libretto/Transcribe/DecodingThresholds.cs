namespace Libretto.Transcribe;

/// <summary>
/// When recognized text is doubted, with the names and values of <c>transcribe.py</c> of openai/whisper (MIT); Radford et al., "Robust
/// speech recognition via large-scale weak supervision", 2022, section 4.5.
/// </summary>
internal static class DecodingThresholds
{
    /// <summary><c>compression_ratio_threshold</c>: text that compresses better than this goes in circles.</summary>
    public const double CompressionRatio = 2.4;

    /// <summary><c>logprob_threshold</c>: mean natural logarithm of the tokens' probabilities, below which text is unlikely.</summary>
    public const double MeanLogProbability = -1;

    /// <summary><c>no_speech_threshold</c>: probability of silence above which unlikely text is silence.</summary>
    public const double NoSpeechProbability = 0.6;
}
