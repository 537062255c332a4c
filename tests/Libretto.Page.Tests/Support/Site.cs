using System.Net;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(Libretto.Page.Tests.Support.Site))]
// One browser and one server on a few cores: what is timed should not wait for what is not.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Libretto.Page.Tests.Support;

/// <summary>
/// The real server in a process of its own, and the machine's own Chromium, both shared by all tests. Tests skip, counted, where
/// Chromium is not installed.
/// </summary>
public sealed class Site : IAsyncLifetime
{
    private static readonly string[] s_browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly ScratchFolder _folder = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private LibrettoProcess? _server;
    private Task<string>? _song;

    /// <summary>The song all tests may use: forty seconds, sung, ours.</summary>
    public static string Sample { get; } = Repository.File("samples", "morning-light.ogg");

    public string Address { get; private set; } = "";

    internal JobClient Client { get; private set; } = null!;

    internal ScratchFolder Folder => _folder;

    private string Data => _folder["data"];

    public async ValueTask InitializeAsync()
    {
        if (s_browsers.FirstOrDefault(File.Exists) is not { } chromium)
            return;
        Address = $"http://127.0.0.1:{FreePort()}";
        Client = new JobClient(new Uri(Address));
        // On a busy machine a page may be slow; what is waited for is what it becomes.
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-background-timer-throttling"],
        });
        await StartServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        Client?.Dispose();
        _folder.Dispose();
    }

    /// <summary>Ends the server, as power does, and starts it again on the same data and address.</summary>
    public async Task RestartServerAsync()
    {
        await _server!.KillAsync();
        await _server.DisposeAsync();
        await StartServerAsync();
    }

    /// <summary>A visitor of the site: a window of its own, with nothing kept from other tests.</summary>
    /// <param name="look">The window; a desktop's when null.</param>
    /// <param name="address">Where the visitor finds the site, with a slash behind; its own address when null.</param>
    public async Task<Visitor> VisitAsync(Look? look = null, Uri? address = null)
    {
        Assert.SkipWhen(_browser is null, "Chromium is not installed (apt-get install chromium)");
        look ??= Look.Desktop;
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = address?.ToString() ?? Address,
            ViewportSize = new() { Width = look.Width, Height = look.Height },
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = look.Width < 600,
            DeviceScaleFactor = 1,
        });
        context.SetDefaultTimeout(20_000);
        return await Visitor.EnterAsync(context, address?.ToString() ?? Address);
    }

    /// <summary>The id of a job that has the sample's words, made once.</summary>
    public Task<string> SongAsync() => _song ??= MakeSongAsync();

    private async Task<string> MakeSongAsync()
    {
        Assert.SkipWhen(_browser is null, "Chromium is not installed (apt-get install chromium)");
        var id = await Client.PostAsync(Sample);
        Assert.Equal("completed", (await Client.FinishAsync(id)).Text("status"));
        return id;
    }

    // The engine is the default one all the same; other models are there for what only they can do.
    private async Task StartServerAsync() => _server = await LibrettoProcess.ServeAsync(
        Data, new Uri(Address).Port, environment:
        [
            ("LIBRETTO_MAX_UPLOAD_MB", "20"), ("LIBRETTO_LYRICS_LOOKUP", "on"), ("LIBRETTO_LYRICS_LIBRARY", "http://127.0.0.1:9/api"),
            ("LIBRETTO_MODELS", Path.Combine(Repository.Shared, "models")),
        ]);

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The size of a window, and whether it is dark.</summary>
public sealed record Look(int Width, int Height, bool IsDark)
{
    public static Look Desktop { get; } = new(1280, 800, false);

    public static Look DesktopDark { get; } = Desktop with { IsDark = true };

    public static Look Phone { get; } = new(390, 844, false);

    public static Look PhoneDark { get; } = Phone with { IsDark = true };

    public static IReadOnlyList<Look> All { get; } = [Desktop, DesktopDark, Phone, PhoneDark];

    public override string ToString() => $"{(Width < 600 ? "phone" : "desktop")}-{(IsDark ? "dark" : "light")}";
}
