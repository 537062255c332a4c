using System.Globalization;
using System.Text;

namespace Libretto.Acquire;

/// <summary>
/// Cookies in the Netscape format (<c>cookies.txt</c>), checked: seven fields a line, separated by tabs. They open an account, so they are
/// never shown, logged or put into a message.
/// </summary>
public sealed class CookieJar
{
    private const int Fields = 7;
    private const int MostBytes = 5_000_000;

    // How browsers' extensions mark a cookie that scripts may not read; otherwise a line with a # is a remark.
    private const string HttpOnly = "#HttpOnly_";

    private readonly string _text;

    private CookieJar(string text) => _text = text;

    /// <summary>Reads a file of cookies.</summary>
    /// <param name="path">The file.</param>
    /// <param name="now">To tell which have expired.</param>
    /// <exception cref="AcquireException">It cannot be read, is of another format, or all its cookies have expired.</exception>
    public static CookieJar ReadFile(string path, DateTimeOffset now)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw AcquireException.CookiesBroken(path);
            return Parse(File.ReadAllText(path, Encoding.UTF8), path, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AcquireException.CookiesMissing(path, e);
        }
    }

    /// <summary>Reads cookies.</summary>
    /// <param name="text">Lines in the Netscape format.</param>
    /// <param name="what">What to call them in messages, such as the file's name.</param>
    /// <param name="now">To tell which have expired.</param>
    /// <exception cref="AcquireException">They are of another format, or all have expired.</exception>
    public static CookieJar Parse(string text, string what, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        var cookies = lines
            .Where(line => line.StartsWith(HttpOnly, StringComparison.Ordinal) || (line.Trim().Length > 0 && line[0] != '#'))
            .ToList();
        if (cookies.Count == 0 || text.Length > MostBytes)
            throw AcquireException.CookiesBroken(what);
        var ends = cookies.Select(cookie => ExpiryOf(cookie) ?? throw AcquireException.CookiesBroken(what)).ToList();
        if (ends.Max() is var last && last <= now)
            throw AcquireException.CookiesExpired(what, last);
        return new CookieJar($"# Netscape HTTP Cookie File\n{string.Join('\n', cookies)}\n");
    }

    /// <summary>The cookies as a file has them. A secret: whoever has them is signed in.</summary>
    public string Reveal() => _text;

    /// <summary>Nothing of the cookies, so that none gets into a log.</summary>
    public override string ToString() => "(cookies)";

    /// <summary>When a cookie ends; one of a browser's session, with the time 0, does not by itself. Null when the line is none.</summary>
    private static DateTimeOffset? ExpiryOf(string line)
    {
        var fields = line.Split('\t');
        if (fields.Length != Fields || !IsTruth(fields[1]) || !IsTruth(fields[3]) ||
            !double.TryParse(fields[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            return null;
        return seconds is <= 0 or > 253_402_300_799 ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeSeconds((long)seconds);
    }

    private static bool IsTruth(string text) => text is "TRUE" or "FALSE";
}
