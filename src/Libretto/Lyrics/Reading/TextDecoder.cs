using System.Text;
using System.Text.Unicode;
using UtfUnknown;

namespace Libretto.Lyrics.Reading;

/// <summary>
/// Finds the encoding of a text and decodes it: by its byte order mark; UTF-16 without one by where its zeros stand; UTF-8 where that fits;
/// else by the statistics of Mozilla's detector (the package UTF.Unknown), which knows the usual ones of every language.
/// </summary>
internal static class TextDecoder
{
    /// <summary>Where nothing fits: the usual encoding of Western texts, in which every byte is something.</summary>
    private const string Fallback = "windows-1252";

    /// <summary>Standards that Windows' code pages contain, and extend by the quotes and dashes that people type.</summary>
    private static readonly Dictionary<string, string> s_wider = new(StringComparer.OrdinalIgnoreCase)
    {
        ["iso-8859-1"] = "windows-1252", ["iso-8859-15"] = "iso-8859-15", ["ascii"] = "windows-1252", ["us-ascii"] = "windows-1252",
        ["iso-8859-9"] = "windows-1254", ["iso-8859-7"] = "windows-1253", ["iso-8859-8"] = "windows-1255", ["tis-620"] = "windows-874",
        ["iso-8859-11"] = "windows-874", ["gb2312"] = "gb18030", ["hz-gb-2312"] = "hz-gb-2312", ["uhc"] = "ks_c_5601-1987",
        ["cp949"] = "ks_c_5601-1987",
    };

    /// <summary>The text of a file; what had to be guessed or left out is said.</summary>
    /// <exception cref="LyricsFormatException">It is no text.</exception>
    public static string Decode(byte[] bytes, LyricsNotices notices)
    {
        var text = Marked(bytes) ?? Utf16(bytes) ?? Unicode(bytes, notices) ?? Detected(bytes, notices);
        return IsText(text) ? text : throw LyricsFormatException.NoText();
    }

    private static string? Marked(byte[] bytes)
    {
        Encoding[] marked = [Encoding.UTF32, new UTF32Encoding(bigEndian: true, byteOrderMark: true), Encoding.UTF8, Encoding.Unicode,
            Encoding.BigEndianUnicode];
        var encoding = marked.FirstOrDefault(one => bytes.AsSpan().StartsWith(one.Preamble));
        // A mark of UTF-8 before text in another encoding is as good as none.
        return encoding is null || encoding is UTF8Encoding && !Utf8.IsValid(bytes)
            ? null
            : encoding.GetString(bytes, encoding.Preamble.Length, bytes.Length - encoding.Preamble.Length);
    }

    /// <summary>
    /// In UTF-16 line ends, spaces, digits and brackets have a zero byte, all on the same side; other text has none. Line ends have the say
    /// where there are any, for a few characters of other scripts end in a zero byte too (U+4E00, one).
    /// </summary>
    private static string? Utf16(byte[] bytes)
    {
        int even = 0, odd = 0, ends = 0, swappedEnds = 0;
        for (var i = 0; i + 1 < bytes.Length; i += 2)
        {
            even += bytes[i] == 0 ? 1 : 0;
            odd += bytes[i + 1] == 0 ? 1 : 0;
            ends += bytes[i] is (byte)'\n' or (byte)'\r' && bytes[i + 1] == 0 ? 1 : 0;
            swappedEnds += bytes[i] == 0 && bytes[i + 1] is (byte)'\n' or (byte)'\r' ? 1 : 0;
        }
        if (ends > 0 != swappedEnds > 0 && Strictly(bytes, isSwapped: swappedEnds > 0) is { } text)
            return text;
        if (Math.Max(even, odd) == 0 || Math.Min(even, odd) * 10 > Math.Max(even, odd))
            return null;
        return (odd > even ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes, 0, bytes.Length & ~1);
    }

    /// <summary>UTF-16 without a fault, as a song or a picture never is; null where it has one.</summary>
    private static string? Strictly(byte[] bytes, bool isSwapped)
    {
        try
        {
            return new UnicodeEncoding(isSwapped, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes, 0, bytes.Length & ~1);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>UTF-8, also where a few of its characters are damaged; null when it is something else.</summary>
    private static string? Unicode(byte[] bytes, LyricsNotices notices)
    {
        if (bytes.AsSpan().IndexOf("\u001B$"u8) >= 0 || bytes.AsSpan().IndexOf("~{"u8) >= 0 && bytes.AsSpan().IndexOf("~}"u8) >= 0)
            return null;
        var text = Encoding.UTF8.GetString(bytes);
        if (Utf8.IsValid(bytes))
            return text;
        var damaged = text.Count(character => character == '\uFFFD');
        var whole = text.Count(character => character > '\u007F') - damaged;
        if (whole < 4 * damaged)
            return null;
        notices.Add($"{damaged} damaged characters were left out: the file is not wholly UTF-8");
        return text;
    }

    private static string Detected(byte[] bytes, LyricsNotices notices)
    {
        foreach (var name in (CharsetDetector.DetectFromBytes(bytes).Details ?? []).Select(found => found.EncodingName).Append(Fallback))
        {
            if (Strict(s_wider.GetValueOrDefault(name, name)) is not { } encoding)
                continue;
            try
            {
                var text = encoding.GetString(bytes);
                if (!bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)0x7F) || !Utf8.IsValid(bytes))
                    notices.Add($"the file is not UTF-8; it reads as {encoding.WebName}. Save it as UTF-8 if letters are wrong");
                return text;
            }
            catch (DecoderFallbackException)
            {
                // Not this one, then.
            }
        }
        notices.Add("the encoding of the file is not known; letters may be wrong. Save it as UTF-8");
        return CodePagesEncodingProvider.Instance.GetEncoding(Fallback)!.GetString(bytes);
    }

    private static Encoding? Strict(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback,
                DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether there are hardly any control characters: a song or a picture is full of them.</summary>
    private static bool IsText(string text)
    {
        var controls = text.Count(character => character is < ' ' and not ('\t' or '\n' or '\r' or '\f' or '\v' or '\u001A'));
        return controls * 50 <= text.Length;
    }
}
