namespace Libretto.Pipeline.Timing;

/// <summary>Why words got other times than their engine's, in sentences for the user.</summary>
internal static class TimingReasons
{
    /// <summary>The engine gave times for lines, and a network's attention times the words.</summary>
    public const string EstimatesByAttention = "Words are aligned by attention: the engine gave no times for single words.";

    /// <summary>A network that hears letters times the words.</summary>
    /// <param name="lyricsAreSupplied">Whether the words were given rather than recognised.</param>
    /// <param name="wordsAreEstimated">Whether the engine gave times for lines only.</param>
    public static string OfCtc(bool lyricsAreSupplied, bool wordsAreEstimated) => "Words are aligned letter by letter (CTC): " + (
        lyricsAreSupplied ? "the lyrics were supplied."
        : wordsAreEstimated ? "the engine gave no times for single words."
        : "times from attention drift on singing.");
}
