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
            return texts.Select((one, i) => new LyricsWord(one, old.Start + (i * length), old.Start + ((i + 1) * length))
            {
                Estimated = texts.Length > 1 ? true : old.Estimated,
            });
        });
    }

    /// <summary>Makes a word and the one before it in its line one word; nothing for a line's first.</summary>
    public static LyricsDocument JoinWord(LyricsDocument document, int word)
    {
        var (line, place) = Find(document, word);
        if (place == 0)
            return document;
        var words = document.Lines[line].Words;
        var joined = new LyricsWord(words[place - 1].Text + words[place].Text, words[place - 1].Start, words[place].End);
        return WithLine(document, line, Rewritten(document.Lines[line], [.. words.Take(place - 1), joined, .. words.Skip(place + 1)]));
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
            Lines =
            [
                .. document.Lines.Take(line),
                Rewritten(document.Lines[line], [.. words.Take(place)]) with { Translation = null },
                Rewritten(document.Lines[line], [.. words.Skip(place)]) with { Translation = null, Stanza = null },
                .. document.Lines.Skip(line + 1),
            ],
            Sections = LyricsSections.Move(document.Sections, at => at > line ? at + 1 : at),
        };
    }

    /// <summary>Joins the line that begins with a word to the one before it; nothing for any other word.</summary>
    public static LyricsDocument JoinBefore(LyricsDocument document, int word) =>
        word > 0 && Find(document, word).Place == 0 ? JoinLine(document, word - 1) : document;

    /// <summary>Joins a word's line with the one after it; nothing on the last line.</summary>
    public static LyricsDocument JoinLine(LyricsDocument document, int word)
    {
        var (line, _) = Find(document, word);
        if (line + 1 >= document.Lines.Count)
            return document;
        var (first, second) = (document.Lines[line], document.Lines[line + 1]);
        return Normalized(document with
        {
            Lines =
            [
                .. document.Lines.Take(line),
                first.WithWords([.. first.Words, .. second.Words]) with
                {
                    Sung = first.Sung == second.Sung ? first.Sung : null,
                    Romanized = Both(first.Romanized, second.Romanized),
                    Translation = Both(first.Translation?.Text, second.Translation?.Text) is { } meaning
                        ? new LyricsTranslation(first.Translation!.Language, meaning)
                        : null,
                },
                .. document.Lines.Skip(line + 2),
            ],
            Sections = LyricsSections.Move(document.Sections, at => at > line ? at - 1 : at),
        });

        static string? Both(string? one, string? other) => one is null || other is null ? null : $"{one} {other}";
    }

    /// <summary>Moves a word's start, at most to its neighbours in its voice; the word before ends no later.</summary>
    public static LyricsDocument MoveStart(LyricsDocument document, int word, double start)
    {
        var words = Words(document).ToList();
        var before = Neighbour(document, word, -1);
        var latest = Math.Max(0, words[word].End - DocumentRules.ShortestWord);
        var earliest = Math.Min(before is { } one ? words[one].Start + DocumentRules.ShortestWord : 0, latest);
        start = Math.Clamp(start, earliest, latest);
        var overlaps = before is { } last && words[last].End > words[word].Start;
        words[word] = words[word].MoveTo(start, words[word].End) with { Estimated = null, Confidence = 1 };
        if (before is { } cut && !overlaps && words[cut].End > start)
            words[cut] = words[cut].MoveTo(words[cut].Start, start);
        return WithWords(document, words);
    }

    /// <summary>Moves a word's end, at most to the next word of its voice.</summary>
    public static LyricsDocument MoveEnd(LyricsDocument document, int word, double end)
    {
        var words = Words(document).ToList();
        // Where its line overlaps the next one already, it may go on doing so.
        var latest = Neighbour(document, word, 1) is { } next ? Math.Max(words[next].Start, words[word].End) : document.Duration;
        var earliest = Math.Min(words[word].Start + DocumentRules.ShortestWord, latest);
        words[word] = words[word].MoveTo(words[word].Start, Math.Clamp(end, earliest, latest));
        return WithWords(document, words);
    }

    /// <summary>Moves a word and all after it; backwards at most to the word before it in its voice.</summary>
    public static LyricsDocument ShiftFrom(LyricsDocument document, int word, double seconds)
    {
        var words = Words(document).ToList();
        var before = Neighbour(document, word, -1);
        var start = words[word].Start;
        var least = (before is { } one ? words[one].Start + DocumentRules.ShortestWord : 0) - start;
        seconds = Math.Max(seconds, Math.Min(least, 0));
        if (before is { } cut && words[cut].End <= start && words[cut].End > start + seconds)
            words[cut] = words[cut].MoveTo(words[cut].Start, start + seconds);
        for (var i = word; i < words.Count; i++)
            words[i] = words[i].MoveTo(words[i].Start + seconds, words[i].End + seconds);
        return WithWords(document, words);
    }

    /// <summary>
    /// Gives words the starts that were tapped, one a word from a first word on; each lasts to the next, if that comes soon.
    /// </summary>
    public static LyricsDocument Retime(LyricsDocument document, int first, IReadOnlyList<double> starts)
    {
        const double Longest = 2;
        var words = Words(document).ToList();
        for (var i = 0; i < starts.Count && first + i < words.Count; i++)
        {
            var usual = words[first + i].End - words[first + i].Start;
            var end = i + 1 < starts.Count ? Math.Min(starts[i + 1], starts[i] + Longest) : starts[i] + usual;
            words[first + i] = words[first + i].MoveTo(starts[i], Math.Max(end, starts[i] + DocumentRules.ShortestWord)) with
            {
                Estimated = null,
                Confidence = 1,
            };
        }
        if (starts.Count > 0 && Neighbour(document, first, -1) is { } before && words[before].End > starts[0])
            words[before] = words[before]
                .MoveTo(words[before].Start, Math.Max(words[before].Start + DocumentRules.ShortestWord, starts[0]));
        return WithWords(document, words);
    }

    /// <summary>
    /// Puts lines in the place of others, wherever those stand by now, nearest to where they stood; null when they are no longer there as
    /// they were.
    /// </summary>
    /// <param name="document">The lyrics.</param>
    /// <param name="first">Where the first of the old lines stood, from 0.</param>
    /// <param name="before">The old lines' texts.</param>
    /// <param name="lines">The new lines.</param>
    public static LyricsDocument? ReplaceLines(LyricsDocument document, int first, IReadOnlyList<string> before,
        IReadOnlyList<LyricsLine> lines)
    {
        int[] places = [.. Enumerable.Range(0, Math.Max(0, document.Lines.Count - before.Count + 1))
            .Where(at => document.Lines.Skip(at).Take(before.Count).Select(line => line.Text).SequenceEqual(before))
            .OrderBy(at => Math.Abs(at - first))];
        return places.Length == 0 ? null : Normalized(document with
        {
            Lines =
            [
                .. document.Lines.Take(places[0]),
                .. lines.Select((line, i) => As(document.Lines, places[0], before.Count, line, i)),
                .. document.Lines.Skip(places[0] + before.Count),
            ],
            Sections = LyricsSections.Move(document.Sections, at => at >= places[0] + before.Count
                ? at - before.Count + lines.Count
                : Math.Min(at, places[0] + lines.Count)),
        });
    }

    /// <summary>A line that comes in the place of others: what was said of the one with its words stays, and who sings all.</summary>
    private static LyricsLine As(IReadOnlyList<LyricsLine> lines, int first, int count, LyricsLine line, int place)
    {
        List<LyricsLine> old = [.. lines.Skip(first).Take(count)];
        if ((place < count && old[place].Text == line.Text ? old[place] : old.FirstOrDefault(one => one.Text == line.Text)) is { } same)
            return same.WithWords(line.Words) with { Sung = line.Sung };
        var isOneVoice = old.All(one => one.Voice == old[0].Voice && one.Background == old[0].Background);
        return line with
        {
            Voice = isOneVoice ? old[0].Voice : line.Voice,
            Background = isOneVoice ? old[0].Background : line.Background,
            Stanza = place == 0 ? old[0].Stanza : line.Stanza,
        };
    }

    /// <summary>Changes what is said of lines, such as who sings them; their words stay.</summary>
    public static LyricsDocument ChangeLines(LyricsDocument document, Range lines, Func<LyricsLine, LyricsLine> change)
    {
        var (first, count) = lines.GetOffsetAndLength(document.Lines.Count);
        return document with
        {
            Lines = [.. document.Lines.Select((line, i) => i >= first && i < first + count ? change(line) : line)],
        };
    }

    /// <summary>
    /// A line with other words. The words that stay keep what is written below them in other letters; a line with new words loses it,
    /// because it would say what is no longer sung.
    /// </summary>
    public static LyricsLine Rewritten(LyricsLine line, IReadOnlyList<LyricsWord> words)
    {
        var next = line.WithWords(words);
        if (line.Romanized is null || words.Select(word => word.Text).SequenceEqual(line.Words.Select(word => word.Text)))
            return next;
        List<string> kept = [];
        var at = 0;
        foreach (var word in words)
        {
            while (at < line.Words.Count && line.Words[at].Text != word.Text)
                at++;
            if (at == line.Words.Count || line.RomanizedWords is not { } read)
                return next with { Romanized = null };
            kept.Add(read[at++]);
        }
        return next with { Romanized = string.Join(' ', kept) };
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

    /// <summary>The word before or after another that the same voice sings; null where there is none.</summary>
    private static int? Neighbour(LyricsDocument document, int word, int step)
    {
        var lines = document.Lines.SelectMany(line => Enumerable.Repeat(line, line.Words.Count)).ToArray();
        bool IsSameVoice(LyricsLine line) =>
            (line.Voice ?? LyricsVoice.First, line.Background == true) == (lines[word].Voice
                ?? LyricsVoice.First, lines[word].Background == true);
        for (var i = word + step; i >= 0 && i < lines.Length; i += step)
            if (IsSameVoice(lines[i]))
                return i;
        return null;
    }

    private static LyricsDocument Replace(LyricsDocument document, int word, Func<LyricsWord, IEnumerable<LyricsWord>> replace)
    {
        var (line, place) = Find(document, word);
        var words = document.Lines[line].Words;
        List<LyricsWord> replaced = [.. words.Take(place), .. replace(words[place]), .. words.Skip(place + 1)];
        return Normalized(document with
        {
            Lines =
            [
                .. document.Lines.Take(line),
                .. replaced.Count == 0 ? (LyricsLine[])[] : [Rewritten(document.Lines[line], replaced)],
                .. document.Lines.Skip(line + 1),
            ],
            Sections = replaced.Count == 0 ? LyricsSections.Move(document.Sections, at => at > line ? at - 1 : at) : document.Sections,
        });
    }

    /// <summary>The same lines with other words in their places.</summary>
    public static LyricsDocument WithWords(LyricsDocument document, IReadOnlyList<LyricsWord> words)
    {
        var next = 0;
        var lines = new List<LyricsLine>();
        foreach (var line in document.Lines)
        {
            lines.Add(line.WithWords([.. words.Skip(next).Take(line.Words.Count)]));
            next += line.Words.Count;
        }
        return Normalized(document with { Lines = lines });
    }

    /// <summary>The lyrics with another line in the place of one.</summary>
    public static LyricsDocument WithLine(LyricsDocument document, int line, LyricsLine other) => Normalized(document with
    {
        Lines = [.. document.Lines.Take(line), other, .. document.Lines.Skip(line + 1)],
    });

    /// <summary>The lyrics as <see cref="DocumentRules"/> want them, in whole milliseconds.</summary>
    public static LyricsDocument Normalized(LyricsDocument document)
    {
        var rounded = document with
        {
            Lines =
            [
                .. document.Lines.Select(line => line.WithWords(
                    [.. line.Words.Select(word => word.MoveTo(Math.Round(word.Start, 3), Math.Round(word.End, 3)))])),
            ],
        };
        return DocumentRules.Normalize(rounded);
    }
}
