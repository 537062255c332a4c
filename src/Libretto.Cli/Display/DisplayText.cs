using System.Globalization;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline;

namespace Libretto.Cli.Display;

/// <summary>The sentences that the displays for people share.</summary>
internal static class DisplayText
{
    /// <summary>A line with the time it starts at and that of each word, as in enhanced LRC.</summary>
    public static string Timed(LyricsLine line) =>
        $"[{Clock(line.Start)}] {string.Join(' ', line.Words.Select(word => $"<{Clock(word.Start)}>{word.Text}"))}";

    public static string Outcome(SongOutcome outcome) => Invariant(
        $"{outcome.Song}: {What(outcome)}") +
        Invariant($" in {outcome.Taken.TotalSeconds:F1} s ({outcome.Duration / outcome.Taken:F0} x real time)") +
        (outcome.Files.Count == 0 ? "" : $" -> {string.Join(", ", outcome.Files)}");

    private static string What(SongOutcome outcome) => (outcome.Lines, outcome.Words) switch
    {
        (_, 0) => "no words",
        ({ } lines, { } words) => $"{Count(lines, "line")}, {Count(words, "word")}",
        _ => "done",
    };

    public static string Summary(int done, int failed, int untried) =>
        $"{Count(done + failed + untried, "song")}: {done} done, {failed} failed{(untried > 0 ? $", {untried} not tried" : "")}";

    public static string Left(TimeSpan remaining) => remaining.TotalSeconds < 1 ? "a moment left"
        : remaining.TotalMinutes < 1 ? Invariant($"{remaining.TotalSeconds:F0} s left")
        : Invariant($"{(int)remaining.TotalMinutes}:{remaining.Seconds:00} min left");

    public static string Model(ModelProgress model) => model.Step switch
    {
        ModelStep.Waiting => $"waiting for another process that fetches {model.Model}",
        ModelStep.Downloading when model.TotalBytes is { } total =>
            Invariant($"fetching {model.Model}: {model.Bytes / 1e6:F1} of {total / 1e6:F1} MB"),
        ModelStep.Downloading => Invariant($"fetching {model.Model}: {model.Bytes / 1e6:F1} MB"),
        ModelStep.Verifying => $"checking {model.Model}",
        _ => $"preparing {model.Model}",
    };

    public static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static string Clock(double seconds)
    {
        var hundredths = (long)Math.Round(seconds * 100);
        return Invariant($"{hundredths / 6000:00}:{hundredths / 100 % 60:00}.{hundredths % 100:00}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
