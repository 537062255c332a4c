using Libretto.Lyrics.Formats.Json;

namespace Libretto.Transcribe.Hosted;

/// <summary>Some servers write hundredths, thousandths or billionths of a second where the protocol says seconds.</summary>
internal static class AnswerUnits
{
    /// <summary>Times this many lengths of the audio cannot be seconds, whatever was invented at its end.</summary>
    private const double Absurd = 15;

    private static readonly double[] s_units = [1e2, 1e3, 1e6, 1e9];

    /// <summary>How many of the answer's units a second has: 1 where its times can be seconds.</summary>
    /// <param name="answer">As it came.</param>
    /// <param name="length">Length of the audio sent, seconds.</param>
    public static double InASecond(VerboseTranscription answer, double length)
    {
        var last = Times(answer).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        if (last <= Absurd * length)
            return 1;
        // The smallest unit in which everything lies within the audio; half of it more, since ends are often past it.
        return s_units.FirstOrDefault(unit => last / unit <= 1.5 * length, 1);
    }

    /// <summary>The same answer with times in seconds.</summary>
    public static VerboseTranscription Convert(VerboseTranscription answer, double unit) => unit == 1 ? answer : answer with
    {
        Segments = answer.Segments is null ? null : [.. answer.Segments.Select(segment => segment with
        {
            Start = segment.Start / unit,
            End = segment.End / unit,
            Words = Convert(segment.Words, unit),
        })],
        Words = Convert(answer.Words, unit),
    };

    private static List<VerboseWord>? Convert(IReadOnlyList<VerboseWord>? words, double unit) =>
        words is null ? null : [.. words.Select(word => word with { Start = word.Start / unit, End = word.End / unit })];

    private static IEnumerable<double> Times(VerboseTranscription answer) =>
        (answer.Segments ?? []).SelectMany(segment => (segment.Words ?? []).Select(word => word.End ?? word.Start ?? 0).Append(segment.End))
            .Concat((answer.Words ?? []).Select(word => word.End ?? word.Start ?? 0));
}
