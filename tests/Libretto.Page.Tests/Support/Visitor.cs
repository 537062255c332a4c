using System.Collections.Concurrent;

namespace Libretto.Page.Tests.Support;

/// <summary>
/// Someone at a browser window. Notes what no view should do: scripts that fail, requests to other sites, breaches of the content
/// security policy; they fail the test when the visitor leaves.
/// </summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly string _address;

    private Visitor(IPage page, string address) => (Page, _address) = (page, address);

    public IPage Page { get; }

    /// <summary>Problems the test itself brings about, such as a server that is away.</summary>
    public bool ExpectsTrouble { get; set; }

    internal static async Task<Visitor> EnterAsync(IBrowserContext context, string address)
    {
        var visitor = new Visitor(await context.NewPageAsync(), address);
        visitor.Page.PageError += (_, error) => visitor._troubles.Enqueue($"script: {error}");
        visitor.Page.Console += (_, message) => visitor.Note(message);
        visitor.Page.Request += (_, request) => visitor.Note(request);
        return visitor;
    }

    /// <summary>Goes to a view and waits until it is alive.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await AliveAsync();
    }

    /// <summary>Waits until the view is connected to the server.</summary>
    public Task AliveAsync() => Page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === 'true'");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Text(string text) => Page.GetByText(text);

    /// <summary>Waits for the player and its words.</summary>
    public Task PlayerAsync() => Page.Locator("libretto-player[data-ready]").WaitForAsync();

    /// <summary>Keeps a picture of the view where <c>LIBRETTO_SHOTS</c> names a folder for them.</summary>
    public async Task ShotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("LIBRETTO_SHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        if (!ExpectsTrouble)
            Assert.Empty(_troubles);
    }

    private void Note(IConsoleMessage message)
    {
        if (message.Type == "error" || message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            _troubles.Enqueue($"console: {message.Text}");
    }

    private void Note(IRequest request)
    {
        var address = new Uri(request.Url);
        if (address.Scheme is "http" or "https" && !request.Url.StartsWith(_address, StringComparison.Ordinal))
            _troubles.Enqueue($"request to another site: {request.Url}");
    }
}
