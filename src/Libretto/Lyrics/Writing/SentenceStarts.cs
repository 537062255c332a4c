using Libretto.Lyrics;
namespace Libretto.Lyrics.Writing;

/// <summary>
/// Tells by capitals which words begin a sentence or a line of verse: recognisers learned from lyrics and write a capital at a line's
/// start even where
/// they write no full stop before it.
/// </summary>
internal sealed class SentenceStarts
{
    /// <summary>With more capitals than this among the words, they say nothing: titles, shouting.</summary>
    private const double MostCapitals = 0.5;

    // Languages that write every noun with a capital: there only words that are no nouns tell.
    private static readonly HashSet<string> NounsHaveCapitals = ["de", "lb"];

    // Words of closed classes: pronouns, articles, prepositions, conjunctions and the adverbs that often come first.
    private static readonly HashSet<string> GermanFunctionWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "ich", "du", "er", "sie", "es", "wir", "ihr", "man", "mich", "dich", "mir", "dir", "uns", "euch", "ihm", "ihn", "ihnen",
            "mein", "meine",
        "dein", "deine", "sein", "seine", "unser", "unsere", "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen",
        "einem", "einer",
        "und", "oder", "aber", "denn", "doch", "weil", "wenn", "dass", "als", "ob", "bis", "wie", "was", "wer", "wo", "warum", "wann",
        "da", "hier",
        "dort", "dann", "jetzt", "nun", "so", "nur", "noch", "schon", "auch", "nicht", "kein", "keine", "alles", "alle", "viel", "mehr",
        "nie", "immer",
        "vielleicht", "gerade", "heute", "morgen", "in", "im", "an", "am", "auf", "aus", "bei", "beim", "mit", "nach", "von", "vom", "vor",
        "zu", "zum",
        "zur", "für", "über", "unter", "durch", "ohne", "gegen", "um", "hinter", "zwischen", "dieser", "diese", "dieses", "jeder",
        "jede", "jedes",
        "ist", "sind", "war", "bin", "bist", "hab", "habe", "hast", "hat", "kann", "kannst", "will", "willst", "muss", "lass", "komm",
        "geh", "sag",
        "denk", "denkt", "ja", "nein", "oh", "ach",
    };

    private readonly IReadOnlyList<LyricsWord> _words;
    private readonly bool _tells;
    private readonly bool _nounsHaveCapitals;
    private readonly bool _isEnglish;

    /// <param name="words">Words in order.</param>
    /// <param name="language">Their language as an ISO 639 code; null where it is not known.</param>
    public SentenceStarts(IReadOnlyList<LyricsWord> words, string? language)
    {
        var code = language?.Split('-', '_')[0].ToLowerInvariant();
        _words = words;
        _nounsHaveCapitals = code is not null && NounsHaveCapitals.Contains(code);
        _isEnglish = code is null or "en";
        _tells = words.Count(word => HasCapital(word.Text)) <= MostCapitals * words.Count;
    }

    /// <summary>Whether a word's capital says that it begins something.</summary>
    public bool At(int index)
    {
        var text = _words[index].Text;
        if (!_tells || !HasCapital(text))
            return false;
        var word = text.Trim([.. text.Where(letter => !char.IsLetterOrDigit(letter))]);
        if (_nounsHaveCapitals)
            return GermanFunctionWords.Contains(word);
        // "I" has its capital anywhere.
        return !_isEnglish || word.Split('\'', '’')[0] != "I";
    }

    private static bool HasCapital(string text)
    {
        foreach (var letter in text)
            if (char.IsLetter(letter))
                return char.IsUpper(letter);
        return false;
    }
}
