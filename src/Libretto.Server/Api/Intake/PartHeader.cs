using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// What a part of a form is called, as clients write it. Browsers and curl write a quote in a name as <c>%22</c> and a backslash as it is
/// (the HTML standard, "multipart/form-data encoding algorithm"); older curl, Go and httpx put a backslash before both; .NET and older
/// Python send <c>filename*</c> (RFC 8187) as well or instead; aiohttp escapes every letter beyond ASCII. All but the bytes of
/// ambiguous names mean the same here.
/// </summary>
/// <param name="Name">The field's name.</param>
/// <param name="FileName">What the client calls the file, for people; null where it names none.</param>
/// <param name="IsFile">Whether it came as a file, named or not.</param>
internal sealed partial record PartHeader(string Name, string? FileName, bool IsFile)
{
    private const int LongestName = 200;

    /// <summary>Reads the header; null where the part has no name.</summary>
    public static PartHeader? Read(string? contentDisposition)
    {
        var parameters = Parameters(contentDisposition ?? "");
        if (!parameters.TryGetValue("name", out var name) || name.Length == 0)
            return null;
        var plain = parameters.GetValueOrDefault("filename");
        var extended = parameters.GetValueOrDefault("filename*") is { } given ? Extended(given) : null;
        return new PartHeader(Unescape(name), SafeName(extended ?? Plain(plain ?? "")), plain is not null || extended is not null);
    }

    /// <summary>The parameters by name, quotes removed, and backslashes before quotes and backslashes.</summary>
    private static Dictionary<string, string> Parameters(string header)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = header.IndexOf(';', StringComparison.Ordinal);
        while (at >= 0 && at < header.Length)
        {
            at++;
            var equals = header.IndexOf('=', at);
            if (equals < 0)
                break;
            var name = header[at..equals].Trim();
            at = equals + 1;
            while (at < header.Length && header[at] == ' ')
                at++;
            var value = at < header.Length && header[at] == '"' ? Quoted(header, ref at) : Token(header, ref at);
            found.TryAdd(name, value);
        }
        return found;
    }

    /// <summary>A value to the quote that closes it: one with nothing behind it but the next parameter.</summary>
    private static string Quoted(string header, ref int at)
    {
        var value = new StringBuilder();
        for (at++; at < header.Length; at++)
        {
            var next = at + 1 < header.Length ? header[at + 1] : '\0';
            if (header[at] == '\\' && (next == '\\' || (next == '"' && !Closes(header, at + 1))))
                value.Append(header[++at]);
            else if (header[at] == '"' && Closes(header, at))
                break;
            else
                value.Append(header[at]);
        }
        at = header.IndexOf(';', Math.Min(at, header.Length));
        return value.ToString();
    }

    private static string Token(string header, ref int at)
    {
        var end = header.IndexOf(';', at);
        var value = (end < 0 ? header[at..] : header[at..end]).Trim();
        at = end;
        return value;
    }

    private static bool Closes(string header, int quote) => NextParameter().IsMatch(header.AsSpan(quote + 1));

    /// <summary>RFC 8187: charset, language, percent escapes; null where it is not that.</summary>
    private static string? Extended(string value)
    {
        var parts = value.Split('\'', 3);
        if (parts.Length < 3 || !PercentEscapes().IsMatch(parts[2]))
            return null;
        var bytes = Regex.Replace(parts[2], "%([0-9A-Fa-f]{2})",
            escape => ((char)int.Parse(escape.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
        return parts[0].ToLowerInvariant() switch
        {
            "utf-8" => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes)),
            "iso-8859-1" => bytes,
            _ => null,
        };
    }

    private static string Plain(string value)
    {
        if (EncodedWord().Match(value) is { Success: true } word)
        {
            var bytes = new byte[word.Groups[1].Length];
            if (Convert.TryFromBase64String(word.Groups[1].Value, bytes, out var count))
                return Encoding.UTF8.GetString(bytes, 0, count);
        }
        // Only a client that escapes every letter writes such; then its spaces are escaped too.
        if (EscapedLetters().IsMatch(value) && value.All(char.IsAscii))
            return Uri.UnescapeDataString(value);
        return Unescape(value);
    }

    /// <summary>The three escapes of browsers and curl; any other percent sign is part of the name.</summary>
    private static string Unescape(string value) => value
        .Replace("%22", "\"", StringComparison.Ordinal)
        .Replace("%0D", "\r", StringComparison.OrdinalIgnoreCase)
        .Replace("%0A", "\n", StringComparison.OrdinalIgnoreCase);

    /// <summary>A name for people: without folders, of a Windows path too, and without control characters.</summary>
    private static string? SafeName(string name)
    {
        var last = name[(name.LastIndexOfAny(WindowsPath().IsMatch(name) ? ['/', '\\'] : ['/']) + 1)..];
        var clean = string.Concat(last.Where(c => !char.IsControl(c))).Trim();
        if (clean.Length > LongestName)
            clean = clean[..(char.IsHighSurrogate(clean[LongestName - 1]) ? LongestName - 1 : LongestName)];
        return clean.Length == 0 ? null : clean;
    }

    [GeneratedRegex(@"^\s*(;\s*[A-Za-z*0-9-]+\s*=|;?\s*$)")]
    private static partial Regex NextParameter();

    [GeneratedRegex(@"^(\\|\.\.?\\|[A-Za-z]:\\)")]
    private static partial Regex WindowsPath();

    [GeneratedRegex(@"^=\?utf-8\?B\?([^?]*)\?=$", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();

    [GeneratedRegex("^([^%]|%[0-9A-Fa-f]{2})*$")]
    private static partial Regex PercentEscapes();

    [GeneratedRegex("%[C-Fc-f][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]")]
    private static partial Regex EscapedLetters();
}
