using System.Net;
using System.Text.RegularExpressions;

namespace Libretto.Lyrics.Reading;

/// <summary>Takes out what is left of a web page in lyrics that were copied from one; times of words stay.</summary>
internal static partial class HtmlRemains
{
    /// <summary>The text without HTML.</summary>
    /// <param name="text">Lyrics as plain text or LRC.</param>
    /// <param name="breaksLines">Whether a break in the page is one of the lyrics; in LRC a line has its own.</param>
    /// <param name="notices">Told when there was some.</param>
    public static string Remove(string text, bool breaksLines, LyricsNotices notices)
    {
        // People sing of "<b>" and "&amp;" too: only what nobody writes by hand tells that the text comes from a page.
        if (!text.AsSpan().ContainsAny('<', '&') || !Sign().IsMatch(text))
            return text;
        var plain = Break().Replace(Comment().Replace(text, ""), match => breaksLines || match.Value.EndsWith('\n') ? "\n" : " ");
        plain = Entity().Replace(Element().Replace(plain, ""), match => WebUtility.HtmlDecode(match.Value).Replace('\u00A0', ' '));
        if (plain != text)
            notices.Add("what was left of a web page (HTML) was taken out");
        return plain;
    }

    /// <summary>An element with its end, a break, or a character written as only pages write it.</summary>
    [GeneratedRegex(
        @"<(a|b|big|center|div|em|font|h[1-6]|i|li|p|small|span|strong|sub|sup|u)(?:\s[^<>\n]*)?>[^<]*</\1>|<br\s*/?>|" +
            "&(?:#[0-9]{2,7}|#x[0-9a-f]{2,6}|nbsp|quot|apos);",
        RegexOptions.IgnoreCase)]
    private static partial Regex Sign();

    // Of bounded length, and without two ways to the same match: a long text that only begins comments or breaks must not take long.
    [GeneratedRegex("<!--.{0,500}?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"[ \t]*<(?:br|/(?:p|div|li|h[1-6]))(?>\s*)(?:/(?>\s*))?>[ \t]*\r?\n?", RegexOptions.IgnoreCase)]
    private static partial Regex Break();

    [GeneratedRegex(
        "</?(?:a|abbr|b|big|blockquote|body|center|cite|code|div|em|font|h[1-6]|head|hr|html|i|img|li|mark|ol|p|pre|q|s|small|span|" +
            @"strong|sub|sup|table|tbody|td|tr|tt|u|ul|wbr)(?:\s[^<>\n]*)?/?>",
        RegexOptions.IgnoreCase)]
    private static partial Regex Element();

    [GeneratedRegex("&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", RegexOptions.IgnoreCase)]
    private static partial Regex Entity();
}
