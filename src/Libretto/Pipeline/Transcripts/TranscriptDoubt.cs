using System.Globalization;
using System.Text;
using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Pipeline.Transcripts;

/// <summary>
/// Tells when a transcript is not to be believed as a whole: few words where a song would have many, or words that the engine itself
/// thinks unlikely. It never looks at what the words are.
/// </summary>
internal static class TranscriptDoubt
{
    // Slow songs have some 40 words a minute; below half of that, an engine did not understand, or hardly anyone sings.
    private const double LeastWordsAMinute = 20;

    // Shorter recordings may well hold a word or none.
    private const double LeastSeconds = 20;

    // Of Moonshine: what it understood lies above 0.9; a German song at 0.53, an English one with nine wrong words of ten at 0.59.
    private const double LeastConfidenceOfEnglish = 0.65;
    private const double LeastConfidence = 0.5;

    /// <summary>Whether the engine thinks most of its words unlikely.</summary>
    /// <param name="transcript">The transcript.</param>
    /// <param name="isEnglishOnly">Whether the engine knows English only.</param>
    public static bool IsUnlikely(Transcript transcript, bool isEnglishOnly)
    {
        var known = transcript.Words.Where(word => word.Confidence is not null).ToList();
        return known.Count > 0 && known.Average(word => word.Confidence!.Value) <
            (isEnglishOnly ? LeastConfidenceOfEnglish : LeastConfidence);
    }

    /// <summary>Whether there are fewer words than a song of its length has.</summary>
    public static bool IsSparse(Transcript transcript) =>
        transcript.Duration >= LeastSeconds && transcript.Words.Count < transcript.Duration / 60 * LeastWordsAMinute;

    /// <summary>What the user should know of a transcript that is in doubt, and what helps; null when there is no doubt.</summary>
    /// <param name="transcript">The transcript.</param>
    /// <param name="isEnglishOnly">Whether its engine knows English only, and the language was not given.</param>
    public static string? Of(Transcript transcript, bool isEnglishOnly)
    {
        var (sparse, unlikely) = (IsSparse(transcript), IsUnlikely(transcript, isEnglishOnly));
        if (!unlikely && !(sparse && isEnglishOnly))
            return null;
        var found = sparse
            ? string.Create(CultureInfo.InvariantCulture,
                $"Only {transcript.Words.Count} words were understood in {transcript.Duration:0} s")
            : "Most of these words are unsure";
        return isEnglishOnly
            ? $"{found}. This engine knows English only: if the song is in another language, or hard to understand, fetch a better " +
              "model, once, with 'libretto models pull whisper-base' and run this again."
            : $"{found}. Check them by ear; '--quality best', a larger model ('libretto models list') or the lyrics themselves " +
                $"(--lyrics) help.";
    }

    /// <summary>Why a song is probably not in English, from what its file says of it; null when nothing says so.</summary>
    public static string? NotEnglish(AudioInfo info)
    {
        if (info.Tag("language") is { } language && Languages.Find(language) is { } code && code != "en")
            return $"its tags say that it is in {CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Languages.EnglishName(code)!)}";
        var names = $"{info.Tag("title")} {info.Tag("artist")}";
        return names.EnumerateRunes().Any(rune => Rune.IsLetter(rune) && !IsLatin(rune)) ? "its title is in another script" : null;
    }

    private static bool IsLatin(Rune rune) => rune.Value is < 0x250 or >= 0x1E00 and < 0x1F00 or >= 0xFF21 and <= 0xFF5A;
}
