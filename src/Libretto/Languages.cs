using System.Text.RegularExpressions;

namespace Libretto;

/// <summary>
/// The languages that speech models tell apart: Whisper's hundred. They are understood as people write them: by BCP 47 tag (<c>pt-BR</c>,
/// <c>zh-Hans</c>, <c>en_US.UTF-8</c>), ISO 639 code of two or three letters, codes of old (<c>iw</c>) and in error (<c>jp</c>), and by
/// their names in English and in themselves.
/// </summary>
public static partial class Languages
{
    // Whisper's code, its English name, and after bars what else it is called.
    private const string Table =
        """
        af afrikaans|afr
        am amharic|amh|አማርኛ
        ar arabic|ara|العربية
        as assamese|asm|অসমীয়া
        az azerbaijani|aze|azərbaycan|azərbaycanca|azerbaycanca|azeri
        ba bashkir|bak|башҡорт
        be belarusian|bel|беларуская|byelorussian
        bg bulgarian|bul|български
        bn bengali|ben|বাংলা|bangla
        bo tibetan|bod|tib|བོད་སྐད
        br breton|bre|brezhoneg
        bs bosnian|bos|bosanski
        ca catalan|cat|català|catala|valencian|valencià
        cs czech|ces|cze|čeština|cestina|česky
        cy welsh|cym|wel|cymraeg
        da danish|dan|dansk
        de german|deu|ger|deutsch|gsw
        el greek|ell|gre|ελληνικά
        en english|eng
        es spanish|spa|español|espanol|castellano|castilian
        et estonian|est|eesti
        eu basque|eus|baq|euskara
        fa persian|fas|per|فارسی|farsi|prs|dari
        fi finnish|fin|suomi
        fo faroese|fao|føroyskt
        fr french|fra|fre|français|francais
        gl galician|glg|galego
        gu gujarati|guj|ગુજરાતી
        ha hausa|hau
        haw hawaiian|ʻōlelo hawaiʻi
        he hebrew|heb|iw|עברית
        hi hindi|hin|हिन्दी|हिंदी
        hr croatian|hrv|scr|hrvatski
        ht haitian creole|hat|haitian|kreyòl ayisyen|kreyòl
        hu hungarian|hun|magyar
        hy armenian|hye|arm|հայերեն
        id indonesian|ind|in|bahasa indonesia
        is icelandic|isl|ice|íslenska|islenska
        it italian|ita|italiano
        ja japanese|jpn|jp|日本語
        jw javanese|jav|jv|basa jawa|jawa
        ka georgian|kat|geo|ქართული
        kk kazakh|kaz|қазақ тілі|қазақша
        km khmer|khm|ខ្មែរ|cambodian
        kn kannada|kan|ಕನ್ನಡ
        ko korean|kor|kr|한국어|조선말
        la latin|lat|latina
        lb luxembourgish|ltz|lëtzebuergesch|letzeburgesch
        ln lingala|lin
        lo lao|ລາວ
        lt lithuanian|lit|lietuvių|lietuviu
        lv latvian|lav|latviešu|latviesu
        mg malagasy|mlg
        mi maori|mri|mao|māori|te reo māori
        mk macedonian|mkd|mac|македонски
        ml malayalam|mal|മലയാളം
        mn mongolian|mon|монгол
        mr marathi|mar|मराठी
        ms malay|msa|may|zsm|bahasa melayu
        mt maltese|mlt|malti
        my myanmar|mya|bur|burmese|မြန်မာ
        ne nepali|nep|नेपाली
        nl dutch|nld|dut|nederlands|flemish|vlaams
        nn nynorsk|nno|norwegian nynorsk|norsk nynorsk
        no norwegian|nor|nb|nob|norsk|bokmål|bokmal|norwegian bokmål|norsk bokmål
        oc occitan|oci
        pa punjabi|pan|panjabi|ਪੰਜਾਬੀ
        pl polish|pol|polski
        ps pashto|pus|pushto|پښتو
        pt portuguese|por|português|portugues
        ro romanian|ron|rum|mo|română|romana|moldavian|moldovan
        ru russian|rus|русский
        sa sanskrit|san|संस्कृतम्
        sd sindhi|snd|سنڌي
        si sinhala|sin|sinhalese|සිංහල
        sk slovak|slk|slo|slovenčina|slovencina
        sl slovenian|slv|slovenščina|slovenscina|slovene
        sn shona|sna
        so somali|som|soomaali
        sq albanian|sqi|alb|shqip
        sr serbian|srp|scc|sh|српски|srpski
        su sundanese|sun|basa sunda
        sv swedish|swe|svenska
        sw swahili|swa|kiswahili
        ta tamil|tam|தமிழ்
        te telugu|tel|తెలుగు
        tg tajik|tgk|тоҷикӣ
        th thai|tha|ไทย|ภาษาไทย
        tk turkmen|tuk|türkmençe
        tl tagalog|tgl|fil|filipino|pilipino
        tr turkish|tur|türkçe|turkce
        tt tatar|tat|татар
        uk ukrainian|ukr|українська
        ur urdu|urd|اردو
        uz uzbek|uzb|oʻzbek|o'zbek|ozbek
        vi vietnamese|vie|vn|tiếng việt|tieng viet
        yi yiddish|yid|ji|ייִדיש
        yo yoruba|yor|yorùbá
        yue cantonese|zh-yue|粵語|粤语|廣東話|广东话
        zh chinese|zho|chi|cmn|cn|mandarin|中文|汉语|漢語|普通话|國語|国语
        """;

    private static readonly IReadOnlyList<string[]> s_rows =
        [.. Table.Split('\n').Select(row => row.Split(' ', 2)).Select(row => (string[])[row[0], .. row[1].Split('|')])];

    private static readonly Dictionary<string, string> s_codes = ReadTable();

    private static readonly Dictionary<string, string> s_names = s_rows.ToDictionary(row => row[0], row => row[1]);

    /// <summary>All of them by code and English name in lower case, in the order of their names.</summary>
    public static IReadOnlyList<(string Code, string Name)> All { get; } =
        [.. s_rows.Select(row => (row[0], row[1])).OrderBy(row => row.Item2, StringComparer.Ordinal)];

    /// <summary>The code of a language, such as <c>en</c> for <c>English</c>, <c>eng</c> or <c>en-US</c>; null when unknown.</summary>
    /// <param name="codeOrName">A tag, code or name; compared without regard to case.</param>
    public static string? Find(string codeOrName)
    {
        ArgumentNullException.ThrowIfNull(codeOrName);
        // "Portuguese (Brazil)", "en_US.UTF-8", "sr@latin".
        var text = codeOrName.Split('(', '.', '@')[0].Trim();
        if (s_codes.GetValueOrDefault(text) is { } code)
            return code;
        if (Tag().Match(text.Replace('_', '-')) is not { Success: true } tag)
            return null;
        // An extended language is the language itself: zh-yue is what yue is.
        return s_codes.GetValueOrDefault($"{tag.Groups[1].Value}-{tag.Groups[2].Value}") ?? s_codes.GetValueOrDefault(tag.Groups[1].Value);
    }

    /// <summary>
    /// The English name in lower case, such as <c>english</c> for <c>en</c>, as hosted engines write it; null when unknown.
    /// </summary>
    /// <param name="code">Compared without regard to case.</param>
    public static string? EnglishName(string code) => Find(code) is { } found ? s_names[found] : null;

    /// <summary>The code of three letters (ISO 639-2) that tags of files take, such as <c>eng</c>; null when unknown.</summary>
    /// <param name="code">A code of <see cref="All"/>; null is unknown.</param>
    internal static string? Iso6392(string? code) => code is null ? null
        : s_rows.FirstOrDefault(row => row[0] == code)?.Where((_, place) => place != 1)
            .FirstOrDefault(name => name.Length == 3 && name.All(char.IsAsciiLetterLower));

    private static Dictionary<string, string> ReadTable()
    {
        var codes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in s_rows)
            foreach (var name in row)
                codes[name] = row[0];
        return codes;
    }

    /// <summary>RFC 5646: a language of two or three letters and what it is more closely, separated by hyphens.</summary>
    [GeneratedRegex("^([a-z]{2,3})-([a-z0-9]{1,8})(-[a-z0-9]{1,8})*$", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();
}
