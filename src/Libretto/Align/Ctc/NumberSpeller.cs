using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Humanizer;

namespace Libretto.Align.Ctc;

/// <summary>
/// Digits and symbols as a singer says them, in the languages that Humanizer counts in. Only what the letters sound like matters, so years
/// are spoken as years, and what has no single reading takes the usual one.
/// </summary>
internal sealed class NumberSpeller
{
    // What Humanizer has of its own: in other languages it counts in English.
    private static readonly FrozenSet<string> Languages = (
        "af ar az bg bn ca cs de el en es fa fi fr he hr hu hy is it ja ko ku lb lt lv mt nb nl pl pt ro ru sl sr sv ta th tr uk vi")
        .Split(' ').ToFrozenSet();

    // Of the symbols the languages of most songs; what is not here stays as it is, and the network skips it.
    private static readonly FrozenDictionary<string, SpokenSigns> Signs = new Dictionary<string, SpokenSigns>
    {
        ["en"] = new("and", "percent", "plus", "at", "equals", "number", "degrees", "point", "dollars", "euros", "pounds", "yen",
            "hundred"),
        ["de"] = new("und", "prozent", "plus", "ät", "gleich", "nummer", "grad", "komma", "dollar", "euro", "pfund", "yen", "hundert"),
        ["nl"] = new("en", "procent", "plus", "at", "is", "nummer", "graden", "komma", "dollar", "euro", "pond", "yen", "honderd"),
        ["sv"] = new("och", "procent", "plus", "at", "lika med", "nummer", "grader", "komma", "dollar", "euro", "pund", "yen", "hundra"),
        ["nb"] = new("og", "prosent", "pluss", "at", "er lik", "nummer", "grader", "komma", "dollar", "euro", "pund", "yen", "hundre"),
        ["fr"] = new("et", "pour cent", "plus", "arobase", "égal", "numéro", "degrés", "virgule", "dollars", "euros", "livres", "yens"),
        ["es"] = new("y", "por ciento", "más", "arroba", "igual a", "número", "grados", "coma", "dólares", "euros", "libras", "yenes"),
        ["it"] = new("e", "per cento", "più", "chiocciola", "uguale a", "numero", "gradi", "virgola", "dollari", "euro", "sterline", "yen"),
        ["pt"] = new("e", "por cento", "mais", "arroba", "igual a", "número", "graus", "vírgula", "dólares", "euros", "libras", "ienes"),
    }.ToFrozenDictionary();

    private readonly string _language;
    private readonly CultureInfo _culture;
    private readonly SpokenSigns? _signs;

    private NumberSpeller(string language, CultureInfo culture) =>
        (_language, _culture, _signs) = (language, culture, Signs.GetValueOrDefault(language));

    private bool IsEnglish => _language == "en";

    /// <summary>The speller of a language; null where its numbers are not known.</summary>
    /// <param name="language">An ISO 639 code, with or without a region; null where it is not known.</param>
    public static NumberSpeller? Of(string? language)
    {
        var code = language?.Split('-', '_')[0].ToLowerInvariant();
        if (code is "no" or "nn")
            code = "nb";
        if (code is null || !Languages.Contains(code))
            return null;
        try
        {
            return new NumberSpeller(code, CultureInfo.GetCultureInfo(code));
        }
        catch (CultureNotFoundException)
        {
            // A program that was built without the world's cultures.
            return null;
        }
    }

    /// <summary>Whether something of a word is spelled: a digit, or a symbol that is said aloud.</summary>
    public bool Spells(string word) =>
        word.Any(letter => char.IsDigit(letter) || Currency(letter) is not null || Symbol(letter) is not null);

    /// <summary>A word with its digits and symbols spelled, letters as they are: <c>$20</c> becomes <c>twentydollars</c>.</summary>
    /// <param name="word">In lower case.</param>
    public string Spell(string word)
    {
        word = string.Concat(word.Select(letter => CharUnicodeInfo.GetDecimalDigitValue(letter) is >= 0 and var digit
            ? (char)('0' + digit) : letter));
        var spelled = new StringBuilder();
        var currency = "";
        for (var at = 0; at < word.Length;)
        {
            var digits = Digits(word, at);
            if (digits.Length == 0)
            {
                if (Currency(word[at]) is { } name && Digits(word, at + 1).Length > 0)
                    currency = name;
                else
                    spelled.Append(Currency(word[at]) ?? Decimal(word, at) ?? Symbol(word[at]) ?? word[at].ToString());
                at++;
                continue;
            }
            at += digits.Length;
            var ending = Ending(word, at);
            spelled.Append(Number(digits, ending)).Append(currency);
            currency = "";
            at += ending.Length;
        }
        return spelled.ToString();
    }

    /// <summary>A number's words.</summary>
    private string Number(string written, string ending)
    {
        var digits = string.Concat(written.Where(char.IsAsciiDigit));
        // A telephone's or an agent's.
        if (digits.Length > 9 || (digits.Length > 1 && digits[0] == '0'))
            return string.Concat(digits.Select(digit => Cardinal(digit - '0')));
        var number = int.Parse(digits, CultureInfo.InvariantCulture);
        // Thousands that are marked are no year.
        var said = (written.Length == 4 ? Year(number) : null) ?? Cardinal(number);
        return ending switch
        {
            "" => said,
            "s" => Plural(said),
            "ª" or "re" => number.ToOrdinalWords(GrammaticalGender.Feminine, _culture),
            _ => number.ToOrdinalWords(_culture),
        };
    }

    // English songs count without "and", other languages with theirs.
    private string Cardinal(int number) => number.ToWords(addAnd: !IsEnglish, _culture);

    /// <summary>A year as it is said, where that is otherwise than the number: in hundreds.</summary>
    private string? Year(int number) => (IsEnglish, number) switch
    {
        (true, >= 1100 and < 2000 or >= 2010 and < 2100) => Cardinal(number / 100) + (number % 100) switch
        {
            0 => _signs!.Hundred,
            < 10 and var unit => "oh" + Cardinal(unit),
            var rest => Cardinal(rest),
        },
        (false, >= 1100 and < 2000) when _signs?.Hundred is { } hundred =>
            Cardinal(number / 100) + hundred + (number % 100 == 0 ? "" : Cardinal(number % 100)),
        _ => null,
    };

    private static string Plural(string number) => number.EndsWith('y') ? number[..^1] + "ies" : number + "s";

    /// <summary>The digits that begin here, with what stands between thousands.</summary>
    private string Digits(string word, int at)
    {
        var end = at;
        while (end < word.Length && (char.IsAsciiDigit(word[end]) || (end > at && IsBetweenThousands(word, end))))
            end++;
        return end > at ? word[at..end] : "";
    }

    private bool IsBetweenThousands(string word, int at) =>
        (word[at] == (IsEnglish ? ',' : '.') || word[at] is '\'' or '’' or '\u00a0' or '\u202f') && at + 3 < word.Length &&
        word.AsSpan(at + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0 && (at + 4 >= word.Length || !char.IsAsciiDigit(word[at + 4]));

    /// <summary>The letters that make a number a decade or an ordinal.</summary>
    private string Ending(string word, int at)
    {
        var end = at;
        while (end < word.Length && (char.IsAsciiLetter(word[end]) || word[end] is 'è' or 'º' or 'ª'))
            end++;
        return (_language, word[at..end]) switch
        {
            ("en", "s" or "st" or "nd" or "rd" or "th") or ("fr", "er" or "re" or "e" or "è" or "ème" or "eme") or
                ("nl", "e" or "ste" or "de") or (_, "º" or "ª") => word[at..end],
            _ => "",
        };
    }

    /// <summary>What stands between a number and its decimals, as it is said.</summary>
    private string? Decimal(string word, int at) =>
        word[at] == (IsEnglish ? '.' : ',') && Digits(word, at + 1).Length > 0 && at > 0 && char.IsAsciiDigit(word[at - 1])
            ? _signs?.Decimal : null;

    private string? Currency(char symbol) => symbol switch
    {
        '$' => _signs?.Dollars,
        '€' => _signs?.Euros,
        '£' => _signs?.Pounds,
        '¥' => _signs?.Yen,
        _ => null,
    };

    private string? Symbol(char symbol) => symbol switch
    {
        '&' => _signs?.And,
        '%' => _signs?.Percent,
        '+' => _signs?.Plus,
        '@' => _signs?.At,
        '=' => _signs?.Equal,
        '#' => _signs?.Number,
        '°' => _signs?.Degrees,
        _ => null,
    };

    /// <summary>How a language says its symbols, and the hundred in its years where it counts them so.</summary>
    private sealed record SpokenSigns(string And, string Percent, string Plus, string At, string Equal, string Number, string Degrees,
        string Decimal, string Dollars, string Euros, string Pounds, string Yen, string? Hundred = null);
}
