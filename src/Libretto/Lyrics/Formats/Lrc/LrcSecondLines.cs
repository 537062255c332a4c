using System.Text;
using System.Text.RegularExpressions;
using AnyAscii;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>
/// Lines at the time of another: what it means in another language, how it is read in Latin letters, or first this and then that. LRC does
/// not say which; that a text sounds like its line does.
/// </summary>
internal static partial class LrcSecondLines
{
    /// <summary>How alike a line and its reading are, 0 to 1, by pairs of letters; a translation has few in common.</summary>
    private const double Alike = 0.5;

    /// <summary>Of the words of a reading, those that Japanese syllables make up.</summary>
    private const double Syllabic = 0.8;

    /// <summary>Gives lines what was shown along with them.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="shown">By a line's place, what stood at its time, in order.</param>
    public static void Give(List<LineDraft> lines, IReadOnlyDictionary<int, List<string>> shown)
    {
        var single = shown.Where(line => line.Value.Count == 1 && !IsLatin(lines[line.Key].Text)).ToList();
        var sounds = single.Count(line => IsSound(lines[line.Key].Text, line.Value[0]));
        var areReadings = sounds * 2 > single.Count;
        foreach (var (at, texts) in shown)
        {
            var reading = texts.Count == 1 ? (areReadings && !IsLatin(lines[at].Text) && IsLatin(texts[0]) ? 0 : -1)
                : IsLatin(lines[at].Text) ? -1
                : texts.FindIndex(text => IsSound(lines[at].Text, text)) is >= 0 and var sound ? sound : texts.FindIndex(IsLatin);
            var meaning = Enumerable.Range(0, texts.Count).FirstOrDefault(i => i != reading, -1);
            lines[at] = lines[at] with
            {
                Romanized = reading >= 0 ? Clean(texts[reading]) : null,
                Translation = meaning >= 0 ? new LyricsTranslation(null, Clean(texts[meaning])) : null,
            };
        }
    }

    /// <summary>How many texts beside a line have a place with it.</summary>
    public static int PlacesFor(LineDraft line) => IsLatin(line.Text) ? 1 : 2;

    private static string Clean(string text) => WordText.Clean(Headings.Unprotect(text.Trim()));

    private static bool IsSound(string line, string text)
    {
        if (IsLatin(line) || !IsLatin(text))
            return false;
        var plain = Letters(text);
        if (line.Any(letter => letter is >= '\u3041' and <= '\u30FF'))
        {
            var words = plain.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length > 0 && words.Count(word => Romaji().IsMatch(word)) >= Syllabic * words.Length;
        }
        return Likeness(Pairs(Letters(line)), Pairs(plain)) >= Alike;
    }

    /// <summary>Whether all letters of a text are Latin ones.</summary>
    private static bool IsLatin(string text) => text.EnumerateRunes()
        .All(rune => !Rune.IsLetter(rune) || rune.Value is < 0x0370 or (>= 0x1E00 and < 0x1F00));

    /// <summary>Small Latin letters without accents; all else is space.</summary>
    private static string Letters(string text) => string.Concat(text.Transliterate().Where(letter => letter != '\'')
        .Select(letter => char.IsAsciiLetter(letter) ? char.ToLowerInvariant(letter) : ' '));

    private static Dictionary<string, int> Pairs(string letters)
    {
        var joined = letters.Replace(" ", "", StringComparison.Ordinal);
        var pairs = new Dictionary<string, int>();
        for (var i = 0; i + 1 < joined.Length; i++)
            pairs[joined.Substring(i, 2)] = pairs.GetValueOrDefault(joined.Substring(i, 2)) + 1;
        return pairs;
    }

    private static double Likeness(Dictionary<string, int> one, Dictionary<string, int> other)
    {
        var all = one.Values.Sum() + other.Values.Sum();
        return all == 0 ? 0 : 2.0 * one.Sum(pair => Math.Min(pair.Value, other.GetValueOrDefault(pair.Key))) / all;
    }

    [GeneratedRegex("^(?:(?:[kgnhbpmr]y?|[sztdwyfj]|sh|ch|ts|ss?h?|tch|kk|tt|pp)?[aiueo]|n)+$")]
    private static partial Regex Romaji();
}
