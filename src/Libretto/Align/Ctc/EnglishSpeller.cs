using System.Globalization;
using System.Text;

namespace Libretto.Align.Ctc;

/// <summary>
/// Digits and symbols as an English singer says them. Only what the letters sound like counts, so years are spoken as
/// years, and what has no single reading takes the usual one.
/// </summary>
internal static class EnglishSpeller
{
    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>A word with its digits and symbols spelled, letters as they are: <c>$20</c> becomes <c>twentydollars</c>.</summary>
    /// <param name="word">In lower case.</param>
    public static string Spell(string word)
    {
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
                    spelled.Append(Currency(word[at]) ?? Symbol(word, at));
                at++;
                continue;
            }
            at += digits.Length;
            var number = Number(digits.Replace(",", "", StringComparison.Ordinal));
            var ending = Ending(word, at);
            spelled.Append(ending switch { "" => number, "s" => Plural(number), _ => Ordinal(number) }).Append(currency);
            currency = "";
            at += ending.Length;
        }
        return spelled.ToString();
    }

    /// <summary>A number's words without spaces.</summary>
    private static string Number(string digits) =>
        digits.Length > 6 || (digits.Length > 1 && digits[0] == '0')
            ? string.Concat(digits.Select(digit => Small[digit - '0']))
            : int.Parse(digits, CultureInfo.InvariantCulture) is var number && digits.Length == 4 && IsYear(number)
                ? Year(number)
                : Cardinal(number);

    private static bool IsYear(int number) => number is >= 1100 and < 2000 or >= 2010 and < 2100;

    private static string Year(int number) => Cardinal(number / 100) + (number % 100) switch
    {
        0 => "hundred",
        < 10 and var unit => "oh" + Small[unit],
        var rest => Cardinal(rest),
    };

    private static string Cardinal(int number) => number switch
    {
        < 20 => Small[number],
        < 100 => Tens[number / 10] + Rest(number % 10),
        < 1000 => Small[number / 100] + "hundred" + Rest(number % 100),
        _ => Cardinal(number / 1000) + "thousand" + Rest(number % 1000),
    };

    private static string Rest(int number) => number == 0 ? "" : Cardinal(number);

    private static string Plural(string number) => number.EndsWith('y') ? number[..^1] + "ies" : number + "s";

    private static string Ordinal(string number)
    {
        foreach (var (cardinal, ordinal) in (ReadOnlySpan<(string, string)>)
            [("one", "first"), ("two", "second"), ("three", "third"), ("five", "fifth"), ("eight", "eighth"), ("nine", "ninth"),
                ("twelve", "twelfth")])
            if (number.EndsWith(cardinal, StringComparison.Ordinal))
                return number[..^cardinal.Length] + ordinal;
        return number.EndsWith('y') ? number[..^1] + "ieth" : number + "th";
    }

    /// <summary>The digits that begin here, with commas between thousands.</summary>
    private static string Digits(string word, int at)
    {
        var end = at;
        while (end < word.Length && (char.IsAsciiDigit(word[end]) || (end > at && IsThousandsComma(word, end))))
            end++;
        return end > at ? word[at..end] : "";
    }

    private static bool IsThousandsComma(string word, int at) =>
        word[at] == ',' && at + 3 < word.Length && word.AsSpan(at + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The letters that make a number a decade or an ordinal.</summary>
    private static string Ending(string word, int at)
    {
        var end = at;
        while (end < word.Length && char.IsAsciiLetter(word[end]))
            end++;
        return word[at..end] is "s" or "st" or "nd" or "rd" or "th" ? word[at..end] : "";
    }

    private static string? Currency(char symbol) => symbol switch
    {
        '$' => "dollars",
        '€' => "euros",
        '£' => "pounds",
        '¥' => "yen",
        _ => null,
    };

    private static string Symbol(string word, int at) => word[at] switch
    {
        '&' => "and",
        '%' => "percent",
        '+' => "plus",
        '@' => "at",
        '=' => "equals",
        '#' => "number",
        '°' => "degrees",
        '.' when Digits(word, at + 1).Length > 0 && at > 0 && char.IsAsciiDigit(word[at - 1]) => "point",
        var letter => letter.ToString(),
    };
}
