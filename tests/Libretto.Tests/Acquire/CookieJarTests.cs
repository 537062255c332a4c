using Libretto.Acquire;
using Libretto.Tests.Support;

namespace Libretto.Tests.Acquire;

public class CookieJarTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Cookies_of_a_browser_are_read_and_kept_as_they_are()
    {
        var jar = CookieJar.Parse(
            "# Netscape HTTP Cookie File\r\n# a remark\r\n\r\n" +
            ".youtube.com\tTRUE\t/\tTRUE\t1893456000\tPREF\ttz=UTC\r\n" +
            "#HttpOnly_.youtube.com\tTRUE\t/\tTRUE\t0\tSID\tsecret value\r\n",
            "cookies.txt", s_now);

        Assert.Equal(
            "# Netscape HTTP Cookie File\n.youtube.com\tTRUE\t/\tTRUE\t1893456000\tPREF\ttz=UTC\n#HttpOnly_.youtube.com\tTRUE\t/\tTRUE\t0\tSID\tsecret value\n",
            jar.Reveal());
        Assert.DoesNotContain("secret", jar.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# Netscape HTTP Cookie File\n")]
    [InlineData("{\"cookies\": [{\"name\": \"SID\", \"value\": \"topsecret\"}]}")]
    [InlineData("SID=topsecret; HSID=topsecret")]
    [InlineData(".youtube.com TRUE / TRUE 1893456000 SID topsecret")]
    [InlineData(".youtube.com\tTRUE\t/\tTRUE\ttomorrow\tSID\ttopsecret")]
    [InlineData(".youtube.com\tTRUE\t/\tTRUE\t1893456000\tSID")]
    public void Another_format_is_refused_without_showing_a_cookie(string text)
    {
        var error = Assert.Throws<AcquireException>(() => CookieJar.Parse(text, "cookies.txt", s_now));
        Assert.Equal("cookies_invalid", error.Code);
        Assert.Contains("Netscape", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cookies_that_all_have_expired_say_since_when()
    {
        var error = Assert.Throws<AcquireException>(() => CookieJar.Parse(
            ".youtube.com\tTRUE\t/\tTRUE\t1609459200\tSID\tx\n.youtube.com\tTRUE\t/\tTRUE\t1700000000\tHSID\tx\n", "cookies.txt", s_now));
        Assert.Equal("cookies_expired", error.Code);
        Assert.Contains("2023-11-14", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_by_its_name()
    {
        using var folder = new ScratchFolder();
        var error = Assert.Throws<AcquireException>(() => CookieJar.ReadFile(folder["cookies.txt"], s_now));
        Assert.Equal("cookies_missing", error.Code);
        Assert.Contains(folder["cookies.txt"], error.Message, StringComparison.Ordinal);
    }
}
