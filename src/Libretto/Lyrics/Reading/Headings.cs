using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Reading;

/// <summary>A line's heading, if it is or begins with one, and what is left to sing.</summary>
internal readonly record struct Heading(string? Name, string Rest);

/// <summary>
/// Tells the headings of lyrics from what is sung: <c>[Verse 1]</c>, <c>Verse 2:</c>, <c>(Chorus x2)</c>, <c>**Bridge**</c>, in the
/// languages
/// that lyrics are shared in. A heading is a word for a part of a song, with at most a number, a count and names beside it, and brackets or
/// a
/// colon around it; bare ones are believed where they begin a stanza.
/// </summary>
internal static partial class Headings
{
    /// <summary>Stands before a line that looks like a heading and is sung.</summary>
    private const char Guard = '\u2060';

    private const int LongestHeading = 80;

    /// <summary>Parts of songs, in lower case; hyphens and spaces within do not matter.</summary>
    private static readonly FrozenSet<string> s_parts = Set(
        "verse", "chorus", "prechorus", "postchorus", "bridge", "intro", "introduction", "outro", "hook", "prehook", "refrain", "interlude",
        "breakdown",
        "build", "buildup", "drop", "coda", "ending", "tag", "vamp", "solo", "guitarsolo", "pianosolo", "saxsolo",
        "saxophonesolo", "drumsolo",
        "basssolo", "synthsolo", "violinsolo", "instrumental", "instrumentalbreak", "instrumentalbridge", "instrumentalinterlude",
        "break", "skit",
        "spoken", "spokenword", "spokenintro", "prelude", "postlude", "part", "music", "applause", "laughter", "adlib", "adlibs",
        "finalchorus",
        "lastchorus", "doublechorus", "middleeight", "middle8", "turnaround", "reprise", "segue", "repeat", "repeatchorus", "choir",
        "rap", "rapverse",
        // German, Dutch, Scandinavian
        "strophe", "vers", "refrän", "brücke", "zwischenspiel", "vorspiel", "nachspiel", "vorrefrain", "schluss", "teil", "kehrreim",
            "instrumentalteil",
        "couplet", "brug", "tussenspel", "refrein", "omkvæd", "omkved", "stick", "brygga", "mellomspill", "strofe",
        // Romance
        "prérefrain", "postrefrain", "pont", "introducción", "verso", "coro", "precoro", "postcoro", "estribillo", "preestribillo",
            "postestribillo",
        "puente", "estrofa", "interludio", "final", "instrumentale", "ritornello", "preritornello", "strofa", "ponte", "finale", "refrão",
        "prérefrão",
        "pósrefrão", "refrao", "prerefrao", "parte", "introdução", "interlúdio", "solodeguitarra", "solodiguitarra", "musique", "música",
        // Slavic, Baltic, Hungarian, Finnish, Turkish, Greek
        "zwrotka", "refren", "mostek", "przejście", "sloka", "refrén", "mezihra", "dohra", "předehra", "verze", "refréna", "kitica",
            "pripjev", "refrenul",
        "куплет", "припев", "предприпев", "бридж", "проигрыш", "вступление", "кода", "интро", "аутро", "приспів", "вступ",
        "програш", "соло",
        "refrén", "verszak", "versszak", "säkeistö", "kertosäe", "väliosa", "nakarat", "kıta", "köprü", "bölüm", "giriş", "στροφή",
        "ρεφρέν", "ρεφραίν", "κουπλέ", "γέφυρα",
        // Chinese, Japanese, Korean
        "主歌", "副歌", "前奏", "间奏", "間奏", "尾奏", "尾声", "尾聲", "桥段", "橋段", "过门", "合唱", "独白", "獨白", "サビ", "大サビ", "落ちサビ", "ラスサビ", "aメロ", "bメロ",
            "cメロ", "dメロ",
        "イントロ", "アウトロ", "ブリッジ", "コーラス", "セリフ", "후렴", "후렴구", "절", "간주", "브릿지", "브리지", "인트로", "아웃트로", "전주", "랩",
        // Indonesian, Vietnamese, Hebrew, Arabic
        "bait", "reff", "reffrain", "điệpkhúc", "phiênkhúc", "lời", "בית", "פזמון", "גשר", "لازمة", "مقطع", "جسر");

    /// <summary>Of those, the ones that nobody sings alone on a line.</summary>
    private static readonly FrozenSet<string> s_plain = Set(
        "verse", "chorus", "prechorus", "postchorus", "intro", "outro", "strophe", "refrän", "couplet", "estribillo", "estrofa",
        "ritornello", "refrão", "zwrotka",
        "куплет", "припев", "приспів", "主歌", "副歌", "間奏", "间奏", "サビ", "aメロ", "bメロ", "후렴", "간주", "prerefrain", "prérefrain", "interlude",
        "instrumental");

    /// <summary>And the ones that backing voices sing as well.</summary>
    private static readonly FrozenSet<string> s_ambiguous = Set(
        "drop", "build", "break", "tag", "rap", "part", "final", "finale", "music", "música", "musique", "repeat", "vamp", "hook", "solo",
        "stick", "coro", "puente",
        "ponte", "pont", "parte", "teil", "bait", "coda", "choir", "ending", "schluss", "giriş", "skit", "spoken", "bridge", "refrain");

    private static readonly FrozenSet<string> s_ordinals = Set(
        "first", "second", "third", "last", "final", "1st", "2nd", "3rd", "4th", "1er", "1ère", "2e", "2ème", "dernier", "primera",
        "segunda", "último",
        "alternate", "half", "extended", "partial", "double", "short", "guitar", "piano", "sax", "drum", "bass", "vocal", "violin", "synth",
        "harmonica", "fade", "out", "in", "all", "x", "repeat", "again", "both");

    /// <summary>For each line of a text its heading and what is left of it; texts without either are as they were.</summary>
    /// <param name="lines">The lines' texts.</param>
    /// <param name="afterBlank">Whether a blank line, or nothing, stands before each; null where that says nothing.</param>
    public static Heading[] Find(IReadOnlyList<string> lines, IReadOnlyList<bool>? afterBlank)
    {
        var found = new Heading[lines.Count];
        var marked = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            found[i] = Marked(lines[i]);
            marked += found[i].Name is null ? 0 : 1;
        }
        for (var i = 0; afterBlank is not null && i < lines.Count; i++)
        {
            if (found[i].Name is not null || !afterBlank[i] || lines[i].StartsWith(Guard))
                continue;
            // A name in brackets is a heading among headings; a bare word where it heads a stanza.
            if (marked > 0 && Bracketed().Match(lines[i].Trim()) is { Success: true } name && char.IsUpper(name.Groups[1].Value[0]))
                found[i] = new Heading(name.Groups[1].Value.Trim(), "");
            else if (i + 1 < lines.Count && IsBare(lines[i].Trim()))
                found[i] = new Heading(WordText.Clean(lines[i]), "");
        }
        return found;
    }

    /// <summary>A line's text with a mark before it where it would be taken for a heading, or has such a mark already.</summary>
    public static string Protect(string text) =>
        text.StartsWith(Guard) || Find([text, ""], [true, false])[0].Name is not null || Bracketed().IsMatch(text) ? Guarded(text) : text;

    /// <summary>A line's text with that mark before it, whatever it looks like.</summary>
    public static string Guarded(string text) => Guard + text;

    /// <summary>A line's text without the mark that <see cref="Protect"/> may have put there.</summary>
    public static string Unprotect(string text) => text.StartsWith(Guard) ? text[1..] : text;

    /// <summary>A heading that says so itself, by brackets, a colon, marks of Markdown or a number.</summary>
    private static Heading Marked(string line)
    {
        var text = line.Trim();
        if (text.Length is 0 or > LongestHeading * 4 || text[0] == Guard)
            return new Heading(null, line);
        if (Leading().Match(text) is { Success: true } leading && IsPart(leading.Groups[1].Value, Bracket()))
        {
            var rest = text[leading.Length..].TrimStart(' ', ':', '：');
            return Count().IsMatch(rest) ? new Heading($"{leading.Groups[1].Value.Trim()} {rest}".Trim(), "")
                : new Heading(leading.Groups[1].Value.Trim(), rest);
        }
        if (text.Length > LongestHeading)
            return new Heading(null, line);
        if (Enclosed().Match(text) is { Success: true } enclosed)
        {
            var name = enclosed.Groups["name"].Value.Trim(' ', ':', '：');
            // Backing voices stand in parentheses too: "(drop)", "(break)".
            var isSung = text[0] == '(' && s_ambiguous.Contains(name.ToLowerInvariant());
            return !isSung && IsPart(name, text[0] is '(' or '（' ? Dash() : Bracket()) ? new Heading(name, "") : new Heading(null, line);
        }
        if (text[^1] is ':' or '：')
            return IsPart(text[..^1], Dash()) ? new Heading(text[..^1].Trim(), "") : new Heading(null, line);
        return Numbered().Match(text) is { Success: true } numbered && IsPart(numbered.Groups["name"].Value, Dash())
            ? new Heading(text, "")
            : new Heading(null, line);
    }

    /// <summary>Whether a line is only the name of a part that nobody sings alone.</summary>
    private static bool IsBare(string text) =>
        text.Length is > 0 and <= 30 && !char.IsLower(text[0])
        && s_plain.Contains(string.Concat(Word().Matches(text).Select(match => match.Value.ToLowerInvariant())))
        && text.All(character => char.IsLetterOrDigit(character) || character is ' ' or '-' or '.');

    /// <summary>
    /// Whether a text is a part's name with nothing beside it but numbers, counts, directions and what may follow the name.
    /// </summary>
    /// <param name="text">What stands in the brackets or before the colon.</param>
    /// <param name="aside">Matches where something short may follow: names, how it is sung.</param>
    private static bool IsPart(string text, Regex aside)
    {
        var name = text.Trim().TrimEnd(':', '：', '.');
        if (aside.Match(name) is { Success: true } found)
            name = name[..found.Index];
        var words = Word().Matches(name).Select(match => match.Value.ToLowerInvariant()).ToList();
        if (words.Count is 0 or > 6)
            return false;
        words.RemoveAll(IsNumber);
        // A number bound to the word, as in "1절" and "サビ2".
        words = [.. words.Select(word => word.Trim('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')).Where(word => word.Length > 0)];
        if (words.Count == 0)
            return false;
        if (s_parts.Contains(string.Concat(words)))
            return true;
        words.RemoveAll(word => s_ordinals.Contains(word));
        return words.Count is > 0 and <= 3 && (s_parts.Contains(string.Concat(words)) || words.All(s_parts.Contains));
    }

    private static bool IsNumber(string word) =>
        word.All(char.IsDigit) || word is "i" or "ii" or "iii" or "iv" or "v" or "vi" or "one" or "two" or "three" or "four" or
        "a" or "b" or "c"
        || Times().IsMatch(word);

    private static FrozenSet<string> Set(params string[] words) => words.ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex(@"^[\[【](?!\s*[0-9]+:)([^\[\]【】]{1,80})[\]】]")]
    private static partial Regex Leading();

    [GeneratedRegex(@"^\[([^\[\]]{1,80})\]$")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^(?:\((?<name>[^()]+)\):?|（(?<name>[^（）]+)）|【(?<name>[^【】]+)】|" +
        @"〔(?<name>[^〔〕]+)〕|<(?<name>[^<>]+)>|\{(?<name>[^{}]+)\}|\*{1,3}(?<name>[^*]+)\*{1,3}:?|" +
        @"#{1,6} +(?<name>[^#]+)|[-=~_]{2,} *(?<name>[^-=~_]+?) *[-=~_]{2,})$")]
    private static partial Regex Enclosed();

    /// <summary>In brackets: "Verse 1: Anna &amp; Bea", "Outro - fade", "Chorus, softly".</summary>
    [GeneratedRegex(@"(?:[:：]|\s[-–—]\s|,|\()")]
    private static partial Regex Bracket();

    /// <summary>Elsewhere only what no sung line has after such a word.</summary>
    [GeneratedRegex(@"(?::|：|\s[-–—]\s)")]
    private static partial Regex Dash();

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Word();

    /// <summary>A name and a number after it, or in Chinese, Japanese and Korean before it, and nothing else.</summary>
    [GeneratedRegex(@"^(?:(?<name>[\p{L}\p{M}][\p{L}\p{M}'’ -]{0,40}?)[ #]*(?:[0-9]{1,2}|[IVX]{1,4}|[A-D])(?: ?[x×][0-9]{1,2})?|" +
        @"[0-9]{1,2} ?(?<name>[\u2E80-\u9FFF\uAC00-\uD7AF]{1,8}))$")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(?:[x×][0-9]{1,2}|[0-9]{1,2}[x×])$")]
    private static partial Regex Times();

    [GeneratedRegex(@"^\(?(?:[x×] ?[0-9]{1,2}|[0-9]{1,2} ?[x×])\)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Count();
}
