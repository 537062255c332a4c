using System.Net;
using Libretto.Acquire;

namespace Libretto.Tests.Acquire;

public class NetworkGuardTests
{
    private readonly NetworkGuard _guard = new();

    /// <summary>Private addresses in every notation that some parser takes.</summary>
    public static TheoryData<string> PrivateLinks { get; } =
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
        "http://017700000001/", "http://127.0.0.1.:80/", "http://0.0.0.0/", "http://0/", "http://10.1.2.3/", "http://172.16.0.1/",
        "http://192.168.0.1:8080/song.mp3", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://224.0.0.1/",
        "http://255.255.255.255/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
        "http://[0:0:0:0:0:ffff:10.0.0.1]/", "http://[::127.0.0.1]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[fd12:3456::1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://localhost/", "http://LOCALHOST:5400/api/jobs", "http://a.localhost/",
        "http://localhost./", "http://user@127.0.0.1/", "http://example.com@127.0.0.1/",
    ];

    [Theory]
    [MemberData(nameof(PrivateLinks))]
    public void A_private_address_is_refused_however_it_is_written(string text)
    {
        // Some of them are no addresses at all to us, which is as good.
        var error = Assert.Throws<AcquireException>(() => _guard.Check(SongLink.Parse(text)));
        Assert.Contains(error.Code, (string[])["link_private", "link_invalid"]);
    }

    [Theory]
    [InlineData("http://93.184.216.34/song.mp3")]
    [InlineData("http://[2606:2800:220:1:248:1893:25c8:1946]/song.mp3")]
    [InlineData("https://www.youtube.com/watch?v=dQw4w9WgXcQ")]
    public void A_public_one_is_not(string text) => _guard.Check(SongLink.Parse(text));

    [Theory]
    [InlineData("１２７.0.0.1")]
    [InlineData("①②⑦.⓪.⓪.①")]
    [InlineData("0.0.0.0")]
    public async Task Digits_of_any_kind_lead_to_no_private_address(string host) =>
        Assert.NotNull(await Record.ExceptionAsync(() => _guard.ConnectAsync(host, 1, TestContext.Current.CancellationToken)));

    [Fact]
    public async Task A_name_is_refused_for_the_address_it_stands_for()
    {
        var error = await Assert.ThrowsAsync<AcquireException>(() => _guard.ConnectAsync("localhost", 1, TestContext.Current.CancellationToken));
        Assert.Equal(("link_private", false, false), (error.Code, error.IsTransient, error.ElsewhereMayHelp));
    }

    [Fact]
    public void An_allowed_network_is_open_and_no_other()
    {
        var guard = new NetworkGuard(["10.0.0.0/8", "127.0.0.1"]);
        Assert.True(guard.Allows(IPAddress.Parse("10.9.8.7")));
        Assert.True(guard.Allows(IPAddress.Parse("::ffff:10.9.8.7")));
        Assert.True(guard.Allows(IPAddress.Parse("127.0.0.1")));
        Assert.False(guard.Allows(IPAddress.Parse("127.0.0.2")));
        Assert.False(guard.Allows(IPAddress.Parse("192.168.1.1")));
    }

    [Fact]
    public void Every_network_can_be_opened()
    {
        var guard = new NetworkGuard(NetworkGuard.Everything);
        foreach (var address in (string[])["127.0.0.1", "::1", "192.168.1.1", "fd00::1", "::ffff:10.0.0.1"])
            Assert.True(guard.Allows(IPAddress.Parse(address)), address);
        Assert.True(guard.IsPrivate(IPAddress.Loopback));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("intranet")]
    [InlineData("")]
    public void What_is_no_network_is_named(string text) =>
        Assert.Equal("network_invalid", Assert.Throws<AcquireException>(() => new NetworkGuard([text])).Code);
}
