using System.Net;
using Libretto.Server.Data.Entities;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Libretto.Server.Web.Export;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Security;

/// <summary>What another site's page may make a signed-in browser send, and what a link that was passed on may open.</summary>
public sealed class ForgedRequestTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_browsers_cookie_opens_what_our_own_page_asks_and_nothing_that_another_site_sends()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var (key, text) = await server.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);
        var own = server.Client.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var cookie = await SignInAsync(server, text);

        var read = await SendAsync(server, HttpMethod.Get, "/api/jobs", cookie.Value, origin: null);
        var ours = await SendAsync(server, HttpMethod.Post, "/api/jobs/nobody/cancel", cookie.Value, own);
        var theirs = await SendAsync(server, HttpMethod.Post, "/api/jobs/nobody/cancel", cookie.Value, "https://elsewhere.example");
        var nameless = await SendAsync(server, HttpMethod.Post, "/api/jobs/nobody/cancel", cookie.Value, origin: null);
        var forged = await SendAsync(server, HttpMethod.Get, "/api/jobs", cookie.Value[..^4] + "AAAA", origin: null);
        Assert.True(await server.Services.GetRequiredService<ApiKeys>().RevokeAsync(key.Id, Ct));
        var revoked = await SendAsync(server, HttpMethod.Get, "/api/jobs", cookie.Value, origin: null);

        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Equal(HttpStatusCode.NotFound, ours.Status);
        Assert.All([theirs, nameless, forged], answer => Assert.Equal((HttpStatusCode.Unauthorized, "key_missing"), (answer.Status, answer.Problem())));
        Assert.Equal("key_invalid", revoked.Problem());
        Assert.Contains("httponly", cookie.Attributes, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie.Attributes, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(text, cookie.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_to_sign_in_is_taken_from_our_own_page_only()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var (_, text) = await server.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "sign-in", ["Key"] = text });

        using var answer = await server.Client.Http.PostAsync("/sign-in", form, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith(SignInCookie.Name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("https://elsewhere.example")]
    [InlineData("//elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("/\t/elsewhere.example")]
    public async Task Signing_in_leads_to_no_other_site(string to)
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var (_, text) = await server.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);

        var (_, _, location) = await SignInAsync(server, text, "?to=" + Uri.EscapeDataString(to));

        // As a browser reads it: without the tabs and line ends.
        var read = string.Concat(location!.Where(c => !char.IsControl(c)));
        Assert.Equal(server.Client.Http.BaseAddress!.Authority, new Uri(server.Client.Http.BaseAddress, read).Authority);
    }

    [Fact]
    public async Task A_shared_link_shows_one_song_until_it_expires_or_is_called_back_and_cannot_be_made_by_others()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var links = server.Services.GetRequiredService<ShareLinks>();
        var song = await server.Client.PostAsync(TestAudio.Tone(_folder, 1));
        async Task<Share> MakeAsync(double hours) => await links.MakeAsync(song, TimeSpan.FromHours(hours), Ct);
        string TokenOf(Share share) => links.PathOf(share)[(ShareLinks.Root.Length + 1)..];
        var (good, revoked, expired) = (await MakeAsync(1), await MakeAsync(1), await MakeAsync(-1));
        await links.RevokeAsync("another", good.Id, Ct);
        await links.RevokeAsync(song, revoked.Id, Ct);
        var sealedElsewhere = new EphemeralDataProtectionProvider().CreateProtector("share").Protect(good.Id);
        var sealedForSignIn = server.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("sign-in").Protect(good.Id);

        Assert.Equal(song, (await links.OpenAsync(TokenOf(good), Ct))!.JobId);
        Assert.Equal([good.Id], (await links.ListAsync(song, Ct)).Select(share => share.Id));
        foreach (var text in (string[])[TokenOf(revoked), TokenOf(expired), sealedElsewhere, sealedForSignIn, TokenOf(good)[..^4] + "AAAA", "", good.Id])
            Assert.Null(await links.OpenAsync(text, Ct));
    }

    /// <summary>Signs in as a browser does: the form's own cookie and token first.</summary>
    private static async Task<(string Value, string Attributes, string? Location)> SignInAsync(RunningServer server, string key, string query = "")
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Client.Http.BaseAddress };
        var page = await browser.GetStringAsync("/sign-in" + query, Ct);
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        var handler = System.Text.RegularExpressions.Regex.Match(page, "name=\"_handler\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = handler, ["__RequestVerificationToken"] = token, ["Key"] = key });
        using var answer = await browser.PostAsync("/sign-in" + query, form, Ct);
        var set = answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single(cookie => cookie.StartsWith(SignInCookie.Name + "=", StringComparison.Ordinal)) : "=;";
        return (set[(set.IndexOf('=', StringComparison.Ordinal) + 1)..set.IndexOf(';', StringComparison.Ordinal)], set, answer.Headers.Location?.OriginalString);
    }

    private static async Task<Answer> SendAsync(RunningServer server, HttpMethod method, string path, string cookie, string? origin)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", $"{SignInCookie.Name}={cookie}");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return await server.Client.SendAsync(request);
    }
}
