using Libretto.Lyrics;

namespace Libretto.Server.Web.Edit;

/// <summary>What an editor does to several words at once: document in, document out, as in <see cref="LyricsEdit"/>.</summary>
internal static class LyricsMany
{
    /// <summary>
    /// Moves words by the same time. The starts of all others stay, for they are what is sung to: the moved words go no further than those
    /// of their voice, whose ends make room.
    /// </summary>
    /// <param name="document">The lyrics.</param>
    /// <param name="chosen">The words, by their numbers in the song.</param>
    /// <param name="seconds">How much later; negative for earlier.</param>
    public static LyricsDocument Move(LyricsDocument document, IReadOnlySet<int> chosen, double seconds)
    {
        var words = LyricsEdit.Words(document).ToArray();
        var (before, after) = Neighbours(document);
        var (least, most) = (double.NegativeInfinity, double.PositiveInfinity);
        foreach (var word in chosen)
        {
            least = Math.Max(least, -words[word].Start);
            most = Math.Min(most, document.Duration - words[word].End);
            if (before[word] is { } left && !chosen.Contains(left))
                least = Math.Max(least, words[left].Start + DocumentRules.ShortestWord - words[word].Start);
            if (after[word] is { } right && !chosen.Contains(right))
                most = Math.Min(most, words[right].Start - DocumentRules.ShortestWord - words[word].Start);
        }
        seconds = Math.Round(Math.Clamp(seconds, Math.Min(0, least), Math.Max(0, most)), 3);
        if (seconds == 0)
            return document;

        foreach (var word in chosen)
            words[word] = words[word].MoveTo(words[word].Start + seconds, words[word].End + seconds) with
            {
                // Where one puts a word by hand is no guess.
                Estimated = chosen.Count == 1 ? null : words[word].Estimated,
            };
        foreach (var word in chosen)
        {
            // Lines that overlap already go on doing so.
            if (seconds < 0 && before[word] is { } left && !chosen.Contains(left))
                words[left] = EndingBy(words[left], words[word].Start);
            if (seconds > 0 && after[word] is { } right && !chosen.Contains(right))
                words[word] = EndingBy(words[word], words[right].Start);
        }
        return LyricsEdit.WithWords(document, words);
    }

    /// <summary>Takes words out, and the lines of which none are left.</summary>
    public static LyricsDocument Delete(LyricsDocument document, IReadOnlySet<int> chosen)
    {
        List<LyricsLine> lines = [];
        List<int> places = [];
        var number = 0;
        foreach (var line in document.Lines)
        {
            places.Add(lines.Count);
            List<LyricsWord> left = [.. line.Words.Where(_ => !chosen.Contains(number++))];
            if (left.Count > 0)
                lines.Add(left.Count == line.Words.Count ? line : LyricsEdit.Rewritten(line, left));
        }
        return LyricsEdit.Normalized(document with
        {
            Lines = lines,
            Sections = LyricsSections.Move(document.Sections, at => at < places.Count ? places[at] : lines.Count),
        });
    }

    /// <summary>The user has heard words and found them right.</summary>
    public static LyricsDocument Confirm(LyricsDocument document, IReadOnlySet<int> chosen) => LyricsEdit.WithWords(document,
        [.. LyricsEdit.Words(document).Select((word, i) => chosen.Contains(i) ? word with { Confidence = 1, Estimated = null } : word)]);

    /// <summary>For each word the one before it and the one after it that the same voice sings.</summary>
    private static (int?[] Before, int?[] After) Neighbours(LyricsDocument document)
    {
        var count = document.Lines.Sum(line => line.Words.Count);
        var (before, after, number) = (new int?[count], new int?[count], 0);
        var latest = new Dictionary<(LyricsVoice, bool), int>();
        foreach (var line in document.Lines)
            foreach (var _ in line.Words)
            {
                var voice = (line.Voice ?? LyricsVoice.First, line.Background == true);
                if (latest.TryGetValue(voice, out var last))
                    (before[number], after[last]) = (last, number);
                latest[voice] = number++;
            }
        return (before, after);
    }

    private static LyricsWord EndingBy(LyricsWord word, double end) => word.End > end ? word.MoveTo(word.Start, end) : word;
}
