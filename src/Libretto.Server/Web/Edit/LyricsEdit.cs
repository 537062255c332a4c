using Libretto.Lyrics;

namespace Libretto.Server.Web.Edit;

/// <summary>
/// What an editor does to lyrics, one operation a method: document in, document out. Words are named by their number in the song,
/// from 0. Whatever is asked for, the result keeps to <see cref="DocumentRules"/>.
/// </summary>
internal static class LyricsEdit
{
    /// <summary>Replaces a word's text. Several words share its time; none removes it.</summary>
    public static LyricsDocument SetText(LyricsDocument document, int word, string text)
    {
        var texts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return Replace(document, word, old =>
        {
            var length = (old.End - old.Start) / Math.Max(1, texts.Length);
            return texts.Select((one, i) => new LyricsWord(one, old.Start + (i * length), old.Start + ((i + 1) * length)) { Estimated = texts.Length > 1 ? true : old.Estimated });
        });
    }

    /// <summary>Lets a line begin at a word; nothing where one does already.</summary>
    public static LyricsDocument SplitLine(LyricsDocument document, int word)
    {
        var (line, place) = Find(document, word);
        if (place == 0)
            return document;
        var words = document.Lines[line].Words;
        return document with
        {
            Lines = [.. document.Lines.Take(line), LyricsLine.Of([.. words.Take(place)]), LyricsLine.Of([.. words.Skip(place)]), .. document.Lines.Skip(line + 1)],
        };
    }

    /// <summary>Joins a word's line with the one after it; nothing on the last line.</summary>
    public static LyricsDocument JoinLine(LyricsDocument document, int word)
    {
        var (line, _) = Find(document, word);
        return line + 1 >= document.Lines.Count ? document : document with
        {
            Lines = [.. document.Lines.Take(line), LyricsLine.Of([.. document.Lines[line].Words, .. document.Lines[line + 1].Words]), .. document.Lines.Skip(line + 2)],
        };
    }

    /// <summary>Moves a word's start, at most to its neighbours; the word before ends no later.</summary>
    public static LyricsDocument MoveStart(LyricsDocument document, int word, double start)
    {
        var words = Words(document);
        var latest = Math.Max(0, words[word].End - DocumentRules.ShortestWord);
        var earliest = Math.Min(word > 0 ? words[word - 1].Start + DocumentRules.ShortestWord : 0, latest);
        start = Math.Clamp(start, earliest, latest);
        var moved = words.ToList();
        moved[word] = words[word] with { Start = start, Estimated = null, Confidence = 1 };
        if (word > 0 && words[word - 1].End > start)
            moved[word - 1] = words[word - 1] with { End = start };
        return WithWords(document, moved);
    }

    /// <summary>Moves a word's end, at most to the next word.</summary>
    public static LyricsDocument MoveEnd(LyricsDocument document, int word, double end)
    {
        var words = Words(document).ToList();
        var latest = word + 1 < words.Count ? words[word + 1].Start : document.Duration;
        var earliest = Math.Min(words[word].Start + DocumentRules.ShortestWord, latest);
        words[word] = words[word] with { End = Math.Clamp(end, earliest, latest) };
        return WithWords(document, words);
    }

    /// <summary>Moves a word and all after it; backwards at most to the word before.</summary>
    public static LyricsDocument ShiftFrom(LyricsDocument document, int word, double seconds)
    {
        var words = Words(document);
        var least = (word > 0 ? words[word - 1].Start + DocumentRules.ShortestWord : 0) - words[word].Start;
        seconds = Math.Max(seconds, least);
        return WithWords(document, [.. words.Select((one, i) => i < word ? one with { End = i == word - 1 ? Math.Min(one.End, words[word].Start + seconds) : one.End }
            : one with { Start = one.Start + seconds, End = one.End + seconds })]);
    }

    /// <summary>Gives words the starts that were tapped, one a word from a first word on; each lasts to the next, if that comes soon.</summary>
    public static LyricsDocument Retime(LyricsDocument document, int first, IReadOnlyList<double> starts)
    {
        const double Longest = 2;
        var words = Words(document).ToList();
        for (var i = 0; i < starts.Count && first + i < words.Count; i++)
        {
            var usual = words[first + i].End - words[first + i].Start;
            var end = i + 1 < starts.Count ? Math.Min(starts[i + 1], starts[i] + Longest) : starts[i] + usual;
            words[first + i] = words[first + i] with { Start = starts[i], End = Math.Max(end, starts[i] + DocumentRules.ShortestWord), Estimated = null, Confidence = 1 };
        }
        if (first > 0 && starts.Count > 0 && words[first - 1].End > starts[0])
            words[first - 1] = words[first - 1] with { End = Math.Max(words[first - 1].Start + DocumentRules.ShortestWord, starts[0]) };
        return WithWords(document, words);
    }

    /// <summary>The user has heard a word and found it right.</summary>
    public static LyricsDocument Confirm(LyricsDocument document, int word) =>
        Replace(document, word, old => [old with { Confidence = 1, Estimated = null }]);

    /// <summary>
    /// Puts lines in the place of others, wherever those stand by now, nearest to where they stood; null when they are no longer there as
    /// they were.
    /// </summary>
    /// <param name="document">The lyrics.</param>
    /// <param name="first">Where the first of the old lines stood, from 0.</param>
    /// <param name="before">The old lines' texts.</param>
    /// <param name="lines">The new lines.</param>
    public static LyricsDocument? ReplaceLines(LyricsDocument document, int first, IReadOnlyList<string> before, IReadOnlyList<LyricsLine> lines)
    {
        int[] places = [.. Enumerable.Range(0, Math.Max(0, document.Lines.Count - before.Count + 1))
            .Where(at => document.Lines.Skip(at).Take(before.Count).Select(line => line.Text).SequenceEqual(before))
            .OrderBy(at => Math.Abs(at - first))];
        return places.Length == 0 ? null : Normalized(document with
        {
            Lines = [.. document.Lines.Take(places[0]), .. lines, .. document.Lines.Skip(places[0] + before.Count)],
        });
    }

    /// <summary>All words in order.</summary>
    public static IReadOnlyList<LyricsWord> Words(LyricsDocument document) => [.. document.Lines.SelectMany(line => line.Words)];

    /// <summary>The line a word stands in, and its place there.</summary>
    public static (int Line, int Place) Find(LyricsDocument document, int word)
    {
        for (var line = 0; line < document.Lines.Count; line++)
        {
            if (word < document.Lines[line].Words.Count)
                return (line, word);
            word -= document.Lines[line].Words.Count;
        }
        throw new ArgumentOutOfRangeException(nameof(word));
    }

    private static LyricsDocument Replace(LyricsDocument document, int word, Func<LyricsWord, IEnumerable<LyricsWord>> replace)
    {
        var (line, place) = Find(document, word);
        var words = document.Lines[line].Words;
        List<LyricsWord> replaced = [.. words.Take(place), .. replace(words[place]), .. words.Skip(place + 1)];
        return Normalized(document with
        {
            Lines = [.. document.Lines.Take(line), .. replaced.Count == 0 ? (LyricsLine[])[] : [LyricsLine.Of(replaced) with { Sung = document.Lines[line].Sung }], .. document.Lines.Skip(line + 1)],
        });
    }

    /// <summary>The same lines with other words in their places.</summary>
    private static LyricsDocument WithWords(LyricsDocument document, IReadOnlyList<LyricsWord> words)
    {
        var next = 0;
        var lines = new List<LyricsLine>();
        foreach (var line in document.Lines)
        {
            lines.Add(LyricsLine.Of([.. words.Skip(next).Take(line.Words.Count)]) with { Sung = line.Sung });
            next += line.Words.Count;
        }
        return Normalized(document with { Lines = lines });
    }

    private static LyricsDocument Normalized(LyricsDocument document)
    {
        var rounded = document with
        {
            Lines = [.. document.Lines.Select(line => LyricsLine.Of([.. line.Words.Select(word => word with { Start = Math.Round(word.Start, 3), End = Math.Round(word.End, 3) })]) with { Sung = line.Sung })],
        };
        return DocumentRules.Normalize(rounded);
    }
}
