using System.Globalization;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline;

namespace Libretto.Cli.Display;

/// <summary>The sentences that the displays for people share.</summary>
internal static class DisplayText
{
    /// <summary>A line after the time it starts at, to be read.</summary>
    public static string Timed(LyricsLine line) => $"{Clock(line.Start),7}  {string.Join(' ', line.Words.Select(word => word.Text))}";

    /// <summary>What can be done with a song's results; null when there are no lyrics among them.</summary>
    public static string? Next(SongOutcome outcome)
    {
        if (outcome.Words is not > 0 ||
            outcome.Files.FirstOrDefault(file => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) is not { } document)
            return null;
        return $"Next: 'libretto karaoke {Quoted(outcome.Song)}' makes a video and a page to sing to; 'libretto serve' opens a page to " +
            $"sing along and to correct words; 'libretto convert {Quoted(document)} " +
            $"{Quoted(Path.ChangeExtension(document, ".srt"))}' writes another format.";
    }

    private static string Quoted(string path) => path.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or '\\' or ':')
        ? path : $"\"{path}\"";

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
        var tenths = (long)Math.Round(seconds * 10);
        return Invariant($"{tenths / 600}:{tenths / 10 % 60:00}.{tenths % 10}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
