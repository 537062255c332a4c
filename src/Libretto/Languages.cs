namespace Libretto;

/// <summary>The languages that speech models tell apart: Whisper's hundred, by ISO 639 code and English name.</summary>
public static class Languages
{
    private const string Table =
        "af afrikaans,am amharic,ar arabic,as assamese,az azerbaijani,ba bashkir,be belarusian,bg bulgarian,bn bengali,bo tibetan," +
        "br breton,bs bosnian,ca catalan,cs czech,cy welsh,da danish,de german,el greek,en english,es spanish,et estonian,eu basque," +
        "fa persian,fi finnish,fo faroese,fr french,gl galician,gu gujarati,ha hausa,haw hawaiian,he hebrew,hi hindi,hr croatian," +
        "ht haitian creole,hu hungarian,hy armenian,id indonesian,is icelandic,it italian,ja japanese,jw javanese,ka georgian," +
        "kk kazakh,km khmer,kn kannada,ko korean,la latin,lb luxembourgish,ln lingala,lo lao,lt lithuanian,lv latvian,mg malagasy," +
        "mi maori,mk macedonian,ml malayalam,mn mongolian,mr marathi,ms malay,mt maltese,my myanmar,ne nepali,nl dutch," +
        "nn nynorsk,no norwegian,oc occitan,pa punjabi,pl polish,ps pashto,pt portuguese,ro romanian,ru russian,sa sanskrit," +
        "sd sindhi,si sinhala,sk slovak,sl slovenian,sn shona,so somali,sq albanian,sr serbian,su sundanese,sv swedish,sw swahili," +
        "ta tamil,te telugu,tg tajik,th thai,tk turkmen,tl tagalog,tr turkish,tt tatar,uk ukrainian,ur urdu,uz uzbek," +
        "vi vietnamese,yi yiddish,yo yoruba,yue cantonese,zh chinese";

    private static readonly Dictionary<string, string> s_codes = ReadTable();

    /// <summary>All of them by code and English name in lower case, in the order of their names.</summary>
    public static IReadOnlyList<(string Code, string Name)> All { get; } =
        [.. Table.Split(',').Select(row => row.Split(' ', 2)).Select(row => (row[0], row[1])).OrderBy(row => row.Item2, StringComparer.Ordinal)];

    /// <summary>The code of a language given by code or English name, such as <c>en</c> for <c>English</c>; null when unknown.</summary>
    /// <param name="codeOrName">Compared without regard to case.</param>
    public static string? Find(string codeOrName)
    {
        ArgumentNullException.ThrowIfNull(codeOrName);
        return s_codes.GetValueOrDefault(codeOrName.Trim());
    }

    /// <summary>The English name in lower case, such as <c>english</c> for <c>en</c>, as hosted engines write it; null when unknown.</summary>
    /// <param name="code">Compared without regard to case.</param>
    public static string? EnglishName(string code) =>
        Find(code) is { } found ? s_codes.First(pair => pair.Value == found && pair.Key != found).Key : null;

    private static Dictionary<string, string> ReadTable()
    {
        var codes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in Table.Split(','))
        {
            var space = row.IndexOf(' ', StringComparison.Ordinal);
            codes[row[..space]] = row[..space];
            codes[row[(space + 1)..]] = row[..space];
        }
        return codes;
    }
}
