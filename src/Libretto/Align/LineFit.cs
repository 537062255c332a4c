using Libretto.Audio;

namespace Libretto.Align;

/// <summary>
/// Places the words of lines that have times but are hardly heard: by the voice from the line's start on, at the pace of the song's other
/// lines. Lines of one sound over and over ("ooh ooh ooh") are shared out over the voice up to the next line, where the voice is known:
/// attention cannot tell equal words apart.
/// </summary>
/// <param name="text">The words.</param>
/// <param name="lines">When the lines begin.</param>
/// <param name="activity">Where someone sings, in order.</param>
/// <param name="isVoice">Whether that was found in the voice alone; a mix may be loud where nobody sings.</param>
internal sealed class LineFit(GivenText text, LineStarts lines, IReadOnlyList<TimeRange> activity, bool isVoice)
{
    /// <summary>How near to where a word was recognised it must be placed to be the same, seconds.</summary>
    private const double Confirmed = 0.5;

    /// <summary>Seconds a unit of text below which a line was squeezed in where there was no room.</summary>
    private const double FastestPace = 0.05;

    /// <summary>The longest share of a line's voice that one of many equal words is held.</summary>
    private const double LongestShare = 0.5;

    /// <summary>Fewer words say nothing of their pace.</summary>
    private const int FewestWords = 3;

    /// <summary>Without voice at a line's start, this much of it is taken for voice, seconds.</summary>
    private const double LeastVoice = 0.2;

    /// <summary>Takes back the words of lines that are not heard, and estimates them.</summary>
    /// <param name="placed">Where each word was placed, within its line.</param>
    /// <param name="times">Estimates of the words' starts; changed for those taken back.</param>
    /// <param name="heard">What was recognised.</param>
    /// <param name="cancellationToken">Checked before every line.</param>
    public void Apply(PlacedWord?[] placed, double[] times, IReadOnlyList<Anchor> heard, CancellationToken cancellationToken)
    {
        var confirmed = heard
            .Where(anchor => placed[anchor.Given] is { } word && Math.Abs(word.Start - anchor.Time) <= Confirmed)
            .Select(anchor => anchor.Given).ToHashSet();
        for (var line = 0; line < text.Lines; line++)
        {
            var (first, end) = (text.First(line), text.First(line + 1));
            if (end - first < FewestWords)
                continue;
            var voice = Voice(line, lines.IsHeld(line) ? lines.End(line) : lines.EndAtPace(line));
            if (lines.IsHeld(line) ? !isVoice || !IsHeldTooLong(line, placed, times, voice) : IsHeard(line, placed, confirmed))
                continue;
            if (PhraseFitter.Fit(text, first, end, voice, followsWord: false, cancellationToken, placed) is not { } fit)
                continue;
            placed.AsSpan((first + 1)..end).Clear();
            for (var word = first + 1; word < end; word++)
                times[word] = Math.Clamp(fit[word - first], times[word - 1], Math.Max(times[word - 1], lines.End(line)));
        }
    }

    private bool IsHeard(int line, PlacedWord?[] placed, HashSet<int> confirmed)
    {
        var (first, end) = (text.First(line), text.First(line + 1));
        var words = placed.AsSpan(first, end - first);
        var isSqueezed = words[^1] is { } last &&
            last.Start - lines.Start(line) < FastestPace * (text.UnitsBefore(end - 1) - text.UnitsBefore(first));
        return !isSqueezed &&
            (PlacedWord.AreHeard(words) || 2 * Enumerable.Range(first, end - first).Count(confirmed.Contains) > end - first);
    }

    /// <summary>Whether one of the equal words of a line is held over most of its voice.</summary>
    private bool IsHeldTooLong(int line, PlacedWord?[] placed, double[] times, IReadOnlyList<TimeRange> voice)
    {
        var (first, end) = (text.First(line), text.First(line + 1));
        double Start(int word) => word < end ? placed[word]?.Start ?? times[word] : lines.End(line);
        var whole = voice.Sum(range => range.Length);
        return Enumerable.Range(first, end - first).Any(word =>
            voice.Sum(range => Math.Max(0, Math.Min(range.End, Start(word + 1)) - Math.Max(range.Start, Start(word)))) >
            LongestShare * whole);
    }

    /// <summary>Where the line may be sung: from its start on, which is sung whatever is heard.</summary>
    private List<TimeRange> Voice(int line, double to)
    {
        var from = lines.Start(line);
        var voice = PhraseFitter.Voice(activity, from, to);
        if (voice.Count == 0 || voice[0].Start > from + LeastVoice)
            voice.Insert(0, new TimeRange(from, from + LeastVoice));
        else
            voice[0] = new TimeRange(from, voice[0].End);
        return voice;
    }
}
