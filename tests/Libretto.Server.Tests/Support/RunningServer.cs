using Libretto.Settings;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Support;

/// <summary>The real server in the test's own process, on a free loopback port, with real engines.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TemporaryFolder _workFolder;

    private RunningServer(WebApplication app, TemporaryFolder workFolder)
    {
        (_app, _workFolder) = (app, workFolder);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new JobClient(new Uri(address));
    }

    public JobClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server with the small engine, unless told otherwise, and the models of the tests.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="engine">The engine of songs that ask for none.</param>
    /// <param name="settings">All else.</param>
    /// <param name="beforeStart">Given the folder for temporary files.</param>
    /// <param name="time">Its clock; the machine's when null.</param>
    /// <param name="isFresh">Whether the models are those of the settings' own folder alone, and may be fetched.</param>
    public static async Task<RunningServer> StartAsync(
        ServerOptions options, string engine = "moonshine", LibrettoSettings? settings = null, Action<string>? beforeStart = null, bool isFresh = false,
        TimeProvider? time = null)
    {
        options = (options with { Urls = ["http://127.0.0.1:0"], Log = "warning" }).Validated();
        var workFolder = new TemporaryFolder(options.WorkFolder);
        settings = (settings ?? new LibrettoSettings()) with { Engine = engine };
        if (!isFresh)
            settings = settings with { Fetch = LibrettoSettings.FetchSmall, Models = [TestModels.Folder] };
        var app = LibrettoServer.Build(options, settings, workFolder, time);
        await LibrettoServer.MigrateAsync(app.Services, options, default);
        beforeStart?.Invoke(Path.GetDirectoryName(workFolder.NewFile())!);
        await app.StartAsync();
        return new RunningServer(app, workFolder);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _workFolder.Dispose();
    }
}
