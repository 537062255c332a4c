using System.Net;

namespace Libretto.Page.Tests.Layout;

public sealed class SignInTests(Site site) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Where_keys_are_on_a_visitor_signs_in_and_sees_only_own_songs()
    {
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true; // another address than the site's
        var port = Site.FreePort();
        var address = $"http://127.0.0.1:{port}";
        var anna = await KeyAsync("anna");
        var bert = await KeyAsync("bert");
        await using var server = await LibrettoProcess.ServeAsync(_folder["data"], port);
        using var client = new JobClient(new Uri(address));
        client.Http.DefaultRequestHeaders.Authorization = new("Bearer", bert);
        await client.FinishAsync(await client.PostAsync(TestAudio.Tone(_folder, 1), """{"title":"Bert's tone"}"""));
        client.Http.DefaultRequestHeaders.Authorization = new("Bearer", anna);
        await client.FinishAsync(await client.PostAsync(TestAudio.Tone(_folder, 1.2, name: "other.wav"), """{"title":"Anna's tone"}"""));

        await visitor.Page.GotoAsync($"{address}/jobs");
        Assert.StartsWith($"{address}/sign-in", visitor.Page.Url, StringComparison.Ordinal);
        await visitor.Page.GetByLabel("Key").FillAsync("lib_wrong_key");
        await visitor.Button("Sign in").ClickAsync();
        await visitor.Text("This key is not valid.").WaitForAsync();
        await visitor.Page.GetByLabel("Key").FillAsync(anna);
        await visitor.Button("Sign in").ClickAsync();

        await visitor.Page.WaitForURLAsync($"{address}/jobs");
        await visitor.Page.Locator(".job", new() { HasText = "Anna's tone" }).WaitForAsync();
        Assert.Equal(1, await visitor.Page.Locator(".job").CountAsync());
        var cookie = (await visitor.Page.Context.CookiesAsync()).Single(cookie => cookie.Name == "libretto_key");
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        Assert.DoesNotContain(anna, cookie.Value, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostFromElsewhereAsync(address, cookie.Value));

        Assert.Equal(0, (await LibrettoProcess.RunAsync(["keys", "revoke", "anna", "--data", _folder["data"]])).ExitCode);
        await visitor.Page.WaitForURLAsync($"{address}/sign-in**");
    }

    private async Task<string> KeyAsync(string name) =>
        (await LibrettoProcess.RunAsync(["keys", "create", "--name", name, "--data", _folder["data"]])).Output.Trim();

    /// <summary>A request with the cookie that does not come from our page.</summary>
    private static async Task<HttpStatusCode> PostFromElsewhereAsync(string address, string cookie)
    {
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/api/jobs/none/cancel");
        request.Headers.Add("Cookie", $"libretto_key={cookie}");
        request.Headers.Add("Origin", "https://elsewhere.example");
        return (await client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode;
    }
}
