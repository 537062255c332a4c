using System.Globalization;
using System.Text;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;
using Libretto.Speech.Ctc;

namespace Libretto.Align.Ctc;

/// <summary>Words as the classes of a CTC network, with a wildcard for each character it lacks.</summary>
/// <param name="Tokens">Classes and wildcards, the network's word delimiter between words.</param>
/// <param name="Words">Where each word's tokens lie; empty for a word that makes no sound, such as a dash.</param>
/// <param name="Places">The place in its word of the letter that each token stands for; -1 where it stands for none, as in a number that
/// is spelled out.</param>
internal sealed record CtcText(int[] Tokens, (int Start, int Count)[] Words, int[] Places)
{
    private const string Apostrophes = "'’‘ʼ`´";

    // Said aloud in any language; of other symbols, such as notes or hearts, nothing is heard.
    private const string SpokenSymbols = "&%$€£¥+@=#°";

    /// <summary>Writes words in a network's characters.</summary>
    /// <param name="words">Words with their punctuation.</param>
    /// <param name="vocabulary">The network's classes.</param>
    /// <param name="language">An ISO 639 code or null; numbers are spelled in the languages of <see cref="NumberSpeller"/>.</param>
    public static CtcText Write(IReadOnlyList<string> words, CtcVocabulary vocabulary, string? language)
    {
        var speller = vocabulary.Find(new Rune('1')) is null ? NumberSpeller.Of(language) : null;
        var (tokens, letters) = (new List<int>(), new List<int>());
        var places = new (int Start, int Count)[words.Count];
        for (var word = 0; word < words.Count; word++)
        {
            var text = Accents.Compose(words[word]);
            var isSpelled = speller?.Spells(text) == true;
            var spoken = isSpelled ? speller!.Spell(text) : text;
            // In another case or composed, letters have their places still if there are as many.
            var isInPlace = !isSpelled && text.Length == words[word].Length;
            var sounds = Sounds(spoken, vocabulary).ToList();
            if (sounds.Count > 0 && tokens.Count > 0 && vocabulary.Delimiter is { } delimiter)
            {
                tokens.Add(delimiter);
                letters.Add(-1);
            }
            places[word] = (tokens.Count, sounds.Count);
            tokens.AddRange(sounds.Select(sound => sound.Class));
            letters.AddRange(sounds.Select(sound => isInPlace ? sound.Place : -1));
        }
        return new CtcText([.. tokens], places, [.. letters]);
    }

    /// <summary>
    /// Before which tokens something else may be said: before the first and after the last, since a window may hold more than the words it
    /// was cut for, and on both sides of the delimiter before each word that begins a line.
    /// </summary>
    /// <param name="lineStarts">Indexes of words that begin a line; none when null.</param>
    public IReadOnlySet<int> Gaps(IReadOnlySet<int>? lineStarts)
    {
        var gaps = new HashSet<int> { 0, Tokens.Length };
        foreach (var (start, count) in (lineStarts ?? new HashSet<int>()).Select(word => Words[word]))
        {
            if (count == 0 || start == 0)
                continue;
            gaps.Add(start);
            var followsDelimiter = !Words.Any(word => word.Count > 0 && word.Start + word.Count == start);
            if (followsDelimiter)
                gaps.Add(start - 1);
        }
        return gaps;
    }

    private static IEnumerable<(int Class, int Place)> Sounds(string text, CtcVocabulary vocabulary)
    {
        var next = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var place = next;
            next += rune.Utf16SequenceLength;
            if (rune.IsBmp && Apostrophes.Contains((char)rune.Value, StringComparison.Ordinal))
            {
                if (vocabulary.Find(new Rune('\'')) is { } apostrophe)
                    yield return (apostrophe, place);
            }
            else if (Rune.IsLetterOrDigit(rune) || (rune.IsBmp && SpokenSymbols.Contains((char)rune.Value, StringComparison.Ordinal)))
            {
                foreach (var sound in Classes(rune, vocabulary) ?? [CtcTrellis.Wildcard])
                    yield return (sound, place);
            }
            else if (IsMark(rune) && vocabulary.Find(rune) is { } mark)
            {
                yield return (mark, place);
            }
        }
    }

    /// <summary>The classes of a letter's most exact spelling that the network has.</summary>
    private static int[]? Classes(Rune letter, CtcVocabulary vocabulary)
    {
        if (!letter.IsBmp)
            return vocabulary.Find(letter) is { } only ? [only] : null;
        foreach (var spelling in Accents.Spellings((char)letter.Value))
        {
            var classes = spelling.EnumerateRunes().Select(vocabulary.Find).ToArray();
            if (classes.All(found => found is not null))
                return [.. classes.Select(found => found!.Value)];
        }
        return null;
    }

    /// <summary>Vowel signs of Indian scripts and the like, which some networks know as classes of their own.</summary>
    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
