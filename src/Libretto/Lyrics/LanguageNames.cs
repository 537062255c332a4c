using System.Collections.Frozen;

namespace Libretto.Lyrics;

/// <summary>The languages Whisper names, by ISO 639 code: hosted engines answer with either.</summary>
internal static class LanguageNames
{
    private static readonly FrozenDictionary<string, string> Names = Parse().ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Codes =
        Parse().ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The English name in lower case; what is not known comes back as it is.</summary>
    public static string? NameOf(string? code) => code is not null && Names.TryGetValue(code, out var name) ? name : code;

    /// <summary>The code of a name or code; null when nothing is given, in lower case when it is not known.</summary>
    public static string? CodeOf(string? name)
    {
        var clean = WordText.Clean(name);
        return clean.Length == 0 ? null : Codes.GetValueOrDefault(clean) ?? clean.ToLowerInvariant();
    }

    private static IEnumerable<KeyValuePair<string, string>> Parse() =>
        """
        af afrikaans,am amharic,ar arabic,as assamese,az azerbaijani,ba bashkir,be belarusian,bg bulgarian,bn bengali,bo tibetan,
        br breton,bs bosnian,ca catalan,cs czech,cy welsh,da danish,de german,el greek,en english,es spanish,et estonian,
        eu basque,fa persian,fi finnish,fo faroese,fr french,gl galician,gu gujarati,ha hausa,haw hawaiian,he hebrew,hi hindi,
        hr croatian,ht haitian creole,hu hungarian,hy armenian,id indonesian,is icelandic,it italian,ja japanese,jw javanese,
        ka georgian,kk kazakh,km khmer,kn kannada,ko korean,la latin,lb luxembourgish,ln lingala,lo lao,lt lithuanian,lv latvian,
        mg malagasy,mi maori,mk macedonian,ml malayalam,mn mongolian,mr marathi,ms malay,mt maltese,my myanmar,ne nepali,
        nl dutch,nn nynorsk,no norwegian,oc occitan,pa punjabi,pl polish,ps pashto,pt portuguese,ro romanian,ru russian,
        sa sanskrit,sd sindhi,si sinhala,sk slovak,sl slovenian,sn shona,so somali,sq albanian,sr serbian,su sundanese,
        sv swedish,sw swahili,ta tamil,te telugu,tg tajik,th thai,tk turkmen,tl tagalog,tr turkish,tt tatar,uk ukrainian,
        ur urdu,uz uzbek,vi vietnamese,yi yiddish,yo yoruba,yue cantonese,zh chinese
        """
        .Split([',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(pair => pair.Split(' ', 2))
        .Select(pair => KeyValuePair.Create(pair[0], pair[1]));
}
