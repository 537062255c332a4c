using System.Globalization;
using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Pipeline.Transcripts;

/// <summary>
/// Tells without the voice what a transcript may lack: where something sounds, text was left out because it looked invented, and no words
/// remain for long. It may be music, or a verse that was not understood; only the voice can tell.
/// </summary>
internal static class LostText
{
    /// <summary>Shorter stretches are pauses between words, seconds.</summary>
    private const double Shortest = 6;

    /// <summary>From this share of all that was listened to on, the transcript as a whole is in doubt.</summary>
    private const double LeastLost = 0.25;

    /// <summary>From this share on, it is worth separating the voice.</summary>
    private const double MostLost = 0.5;

    /// <summary>The stretches, in order; none of a recording without words, which is taken for music.</summary>
    public static IReadOnlyList<TimeRange> Find(Transcript transcript)
    {
        if (transcript.Words.Count == 0)
            return [];
        var lost = new List<TimeRange>();
        foreach (var window in transcript.Windows.Where(window => window.LostText == true))
        {
            var from = window.Start;
            foreach (var word in transcript.Words.Where(word => word.End > window.Start && word.Start < window.End))
            {
                Add(from, word.Start);
                from = word.End;
            }
            Add(from, window.End);
        }
        return lost;

        void Add(double from, double to)
        {
            if (to - from >= Shortest)
                lost.Add(new TimeRange(from, to));
        }
    }

    /// <summary>Whether they are half of what was listened to or more: worth twice the time to hear it again.</summary>
    public static bool IsMost(Transcript transcript, IReadOnlyList<TimeRange> lost) => IsShare(MostLost, transcript, lost);

    private static bool IsShare(double share, Transcript transcript, IReadOnlyList<TimeRange> lost) =>
        lost.Count > 0 && lost.Sum(range => range.Length) >= share * Heard(transcript);

    /// <summary>The stretches as passages to check by ear.</summary>
    public static IEnumerable<LyricsCheck> Checks(IReadOnlyList<TimeRange> lost) => lost.Select(range => new LyricsCheck(
        Math.Round(range.Start, 3), Math.Round(range.End, 3), "what sounds here was not understood: music, or words that are missing"));

    /// <summary>What the user should know of them; null where they are few.</summary>
    public static string? Doubt(Transcript transcript, IReadOnlyList<TimeRange> lost)
    {
        if (!IsShare(LeastLost, transcript, lost))
            return null;
        var seconds = string.Create(
            CultureInfo.InvariantCulture, $"{lost.Sum(range => range.Length):0} of the {Heard(transcript):0} s that sound");
        return $"In {seconds} nothing was understood: a verse may be missing, unless it is music. '--quality best', a larger model " +
            "('libretto models list') or the lyrics themselves (--lyrics) help.";
    }

    private static double Heard(Transcript transcript) => transcript.Windows.Sum(window => window.End - window.Start);
}
