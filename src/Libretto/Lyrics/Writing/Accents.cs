using System.Collections.Frozen;
using System.Text;

namespace Libretto.Lyrics.Writing;

/// <summary>
/// Letters with and without their accents. .NET's own normalisation does nothing where culture data is switched off (as it
/// is in Libretto's programs), so the letters that lyrics are written with are listed here: Latin, Greek, Cyrillic and kana,
/// in lower case, after the canonical decompositions of Unicode.
/// </summary>
internal static class Accents
{
    /// <summary>A combining mark, letters that take it, and each with it.</summary>
    private static readonly (char Mark, string Letters, string Marked)[] Table =
    [
        ('\u0300', "aeiouünеиēōwâăêôơưy", "àèìòùǜǹѐѝḕṑẁầằềồờừỳ"),
        ('\u0301', "aeiouyclnrszügåæøϊαεηιϋουωгкçēïkmõōpũwâăêôơư", "áéíóúýćĺńŕśźǘǵǻǽǿΐάέήίΰόύώѓќḉḗḯḱḿṍṓṕṹẃấắếốớứ"),
        ('\u0302', "aeioucghjswyzạẹọ", "âêîôûĉĝĥĵŝŵŷẑậệộ"),
        ('\u0303', "anoiuvâăeêôơưy", "ãñõĩũṽẫẵẽễỗỡữỹ"),
        ('\u0304', "aeiouüäȧæǫöõȯyиуgḷṛ", "āēīōūǖǟǡǣǭȫȭȱȳӣӯḡḹṝ"),
        ('\u0306', "aegiouиужаеȩạ", "ăĕğĭŏŭйўӂӑӗḝặ"),
        ('\u0307', "cegzaobdfhmnprsśšṣtwxyſ", "ċėġżȧȯḃḋḟḣṁṅṗṙṡṥṧṩṫẇẋẏẛ"),
        ('\u0308', "aeiouyιυеіаәжзиоөэучыhõūwxt", "äëïöüÿϊϋёїӓӛӝӟӥӧӫӭӱӵӹḧṏṻẅẍẗ"),
        ('\u0309', "aâăeêioôơuưy", "ảẩẳẻểỉỏổởủửỷ"),
        ('\u030A', "auwy", "åůẘẙ"),
        ('\u030B', "ouу", "őűӳ"),
        ('\u030C', "cdelnrstzaiouügkʒjh", "čďěľňřšťžǎǐǒǔǚǧǩǯǰȟ"),
        ('\u031B', "ou", "ơư"),
        ('\u0323', "bdhklmnrstvwzaeioơuưy", "ḅḍḥḳḷṃṇṛṣṭṿẉẓạẹịọợụựỵ"),
        ('\u0326', "st", "șț"),
        ('\u0327', "cgklnrstedh", "çģķļņŗşţȩḑḩ"),
        ('\u0328', "aeiuo", "ąęįųǫ"),
        ('\u3099', "かきくけこさしすせそたちつてとはひふへほうカキクケコサシスセソタチツテトハヒフヘホウワヰヱヲ", "がぎぐげござじずぜぞだぢづでどばびぶべぼゔガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺ"),
        ('\u309A', "はひふへほハヒフヘホ", "ぱぴぷぺぽパピプペポ"),
    ];

    /// <summary>Letters that are no letter and a mark, but are written with plain ones where they are missing.</summary>
    private static readonly FrozenDictionary<char, string> Spelled = new Dictionary<char, string>
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['ł'] = "l", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th", ['ħ'] = "h",
        ['ı'] = "i", ['İ'] = "i", ['ĳ'] = "ij", ['ﬁ'] = "fi", ['ﬂ'] = "fl", ['ﬀ'] = "ff", ['ﬃ'] = "ffi", ['ﬄ'] = "ffl", ['ς'] = "σ",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<(char, char), char> Composed =
        Entries().ToFrozenDictionary(entry => (entry.Letter, entry.Mark), entry => entry.Marked);

    private static readonly FrozenDictionary<char, char> Bare =
        Entries().ToFrozenDictionary(entry => entry.Marked, entry => entry.Letter);

    /// <summary>
    /// The text in lower case, each letter and the marks that follow it as one character where there is one, full-width Latin
    /// letters and digits as the usual ones.
    /// </summary>
    public static string Compose(string text)
    {
        var composed = new StringBuilder(text.Length);
        foreach (var character in text.ToLowerInvariant())
        {
            var usual = character is >= '\uFF01' and <= '\uFF5E' ? (char)(character - 0xFEE0) : character;
            if (composed.Length > 0 && Composed.TryGetValue((composed[^1], usual), out var one))
                composed[^1] = one;
            else
                composed.Append(usual);
        }
        return composed.ToString().ToLowerInvariant();
    }

    /// <summary>
    /// A lower-case letter's ways to be written, from itself to the plainest: <c>ấ</c>, <c>â</c>, <c>a</c>; <c>ß</c>, <c>ss</c>.
    /// </summary>
    public static IEnumerable<string> Spellings(char letter)
    {
        yield return letter.ToString();
        var plain = letter;
        while (Bare.TryGetValue(plain, out var barer))
        {
            plain = barer;
            yield return plain.ToString();
        }
        if (Spelled.TryGetValue(plain, out var spelled))
            yield return spelled;
    }

    private static IEnumerable<(char Letter, char Mark, char Marked)> Entries() =>
        from row in Table
        from at in Enumerable.Range(0, row.Letters.Length)
        select (row.Letters[at], row.Mark, row.Marked[at]);
}
