using Libretto.Lyrics;

namespace Libretto.Server.Web.Edit;

/// <summary>What an editor adds to lyrics, or changes throughout: document in, document out, as in <see cref="LyricsEdit"/>.</summary>
internal static class LyricsAdd
{
    // Seconds that a word is given where nothing says how long it is.
    private const double Usual = 0.4;

    /// <summary>Puts words after a word, in its line: into the pause that follows, else into the second half of its own time.</summary>
    /// <param name="document">The lyrics.</param>
    /// <param name="word">The word, by its number in the song.</param>
    /// <param name="text">The new words; none changes nothing.</param>
    public static LyricsDocument WordsAfter(LyricsDocument document, int word, string text)
    {
        var texts = WordsOf(text);
        if (texts.Length == 0)
            return document;
        var (line, place) = LyricsEdit.Find(document, word);
        var words = document.Lines[line].Words;
        var before = words[place];
        var room = RoomAfter(document, word);
        if (room.To - room.From < texts.Length * DocumentRules.ShortestWord)
        {
            var half = before.Start + ((before.End - before.Start) / 2);
            room = (half, before.End);
            before = before.MoveTo(before.Start, half);
        }
        LyricsWord[] added = Spread(texts, room.From, Math.Min(room.To, room.From + (Usual * texts.Length)));
        return LyricsEdit.WithLine(document, line,
            LyricsEdit.Rewritten(document.Lines[line], [.. words.Take(place), before, .. added, .. words.Skip(place + 1)]));
    }

    /// <summary>Puts a line after that of a word, into the pause that follows it; where there is none, at its end.</summary>
    public static LyricsDocument LineAfter(LyricsDocument document, int word, string text)
    {
        var texts = WordsOf(text);
        if (texts.Length == 0)
            return document;
        var (line, place) = LyricsEdit.Find(document, word);
        var last = word + document.Lines[line].Words.Count - 1 - place;
        var (from, to) = RoomAfter(document, last);
        var least = texts.Length * DocumentRules.ShortestWord;
        var end = Math.Max(from + least, Math.Min(to, from + (Usual * texts.Length)));
        var added = LyricsLine.Of(Spread(texts, from, end)) with { Voice = document.Lines[line].Voice };
        return LyricsEdit.Normalized(document with
        {
            Lines = [.. document.Lines.Take(line + 1), added, .. document.Lines.Skip(line + 1)],
            Sections = LyricsSections.Move(document.Sections, at => at > line ? at + 1 : at),
        });
    }

    /// <summary>Replaces a part of words wherever it stands, in any case; their times stay.</summary>
    /// <param name="document">The lyrics.</param>
    /// <param name="find">The part; empty changes nothing.</param>
    /// <param name="replacement">What takes its place; words of which nothing is left stay as they are.</param>
    /// <returns>The lyrics, and how many words changed.</returns>
    public static (LyricsDocument Document, int Count) Replace(LyricsDocument document, string find, string replacement)
    {
        find = find.Trim();
        if (find.Length == 0)
            return (document, 0);
        var count = 0;
        var lines = document.Lines.Select(line => LyricsEdit.Rewritten(line, [.. line.Words.SelectMany(Replaced)])).ToList();
        return count == 0 ? (document, 0) : (LyricsEdit.Normalized(document with { Lines = lines }), count);

        IEnumerable<LyricsWord> Replaced(LyricsWord word)
        {
            var texts = WordsOf(word.Text.Replace(find, replacement, StringComparison.OrdinalIgnoreCase));
            if (texts.Length == 0 || (texts.Length == 1 && texts[0] == word.Text))
                return [word];
            count++;
            return texts.Length == 1 ? [word with { Text = texts[0], Syllables = null }] : Spread(texts, word.Start, word.End);
        }
    }

    /// <summary>The pause after a word, to the next that anyone sings.</summary>
    private static (double From, double To) RoomAfter(LyricsDocument document, int word)
    {
        var words = LyricsEdit.Words(document);
        var from = words[word].End;
        return (from, word + 1 < words.Count ? Math.Max(from, words[word + 1].Start) : document.Duration);
    }

    private static LyricsWord[] Spread(string[] texts, double from, double to)
    {
        var length = (to - from) / texts.Length;
        return [.. texts.Select((text, i) => new LyricsWord(text, from + (i * length), from + ((i + 1) * length)) { Estimated = true })];
    }

    private static string[] WordsOf(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
