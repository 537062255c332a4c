using System.CommandLine;
using System.Globalization;
using Libretto.Cli.Songs;
using Libretto.Lyrics.Scoring;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto score RESULT REFERENCE</c>: how good a result is, for people who know how it should be.</summary>
internal static class ScoreCommand
{
    public const string Name = "score";

    public static Command Create()
    {
        var result = new Argument<string>("RESULT") { Description = "Lyrics with word times, in any format that has them." };
        var reference = new Argument<string>("REFERENCE")
        {
            Description = "The same, right; or SONG where SONG.words.txt (a word a line) and SONG.words.csv (word_start, word_end, " +
                "line_end) lie.",
        };
        var command = new Command(Name, "Compare word-timed lyrics with right ones: wrong words, wrong times.")
        {
            result, reference,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var words = ScoredWords.Of((await LyricsFile.ReadWordsAsync(parsed.GetRequiredValue(result), cancellationToken)).Document);
            var right = await ReferenceAsync(parsed.GetRequiredValue(reference), cancellationToken);
            var score = LyricsScore.Of(right, words);
            foreach (var (figure, value, meaning) in Figures(score))
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure,-8} {value,8:0.####}  {meaning}"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static (string Figure, double? Value, string Meaning)[] Figures(LyricsScore score) =>
    [
        ("words", score.Words, "words of the reference"),
        ("wer", score.WordErrorRate, "word error rate: wrong, missing and added words"),
        ("matched", score.Matched, "right words that have times; of those:"),
        ("pco", score.CorrectOnsets, "share that starts within 0.3 s"),
        ("pco100", score.SharpOnsets, "share that starts within 0.1 s"),
        ("far", score.FarOff, "share more than 1 s off"),
        ("mae", score.MeanError, "mean error of starts, seconds"),
        ("median", score.MedianError, "median error of starts, seconds"),
        ("ends", score.LineEnds, "share of lines that end within 0.3 s"),
        ("breaks", score.LineBreaks, "F1 of line breaks"),
    ];

    private static async Task<IReadOnlyList<ScoredWord>> ReferenceAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path + ".words.csv")
            ? ScoredWords.OfTable(
                await File.ReadAllLinesAsync(path + ".words.txt", cancellationToken),
                await File.ReadAllLinesAsync(path + ".words.csv", cancellationToken), path)
            : ScoredWords.Of((await LyricsFile.ReadWordsAsync(path, cancellationToken)).Document);
}
