using System.Diagnostics;
using Libretto.Audio;
using Libretto.Server.Api;
using Libretto.Server.Data;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Operations;
using Libretto.Server.Pools;
using Libretto.Server.Security;
using Libretto.Server.Web;
using Libretto.Server.Web.Layout;
using Libretto.Server.Webhooks;
using Libretto.Settings;
using Libretto.Storage;
using Libretto.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server;

/// <summary>The job service: put together here, run by <c>libretto serve</c>.</summary>
public static partial class LibrettoServer
{
    // Machines that start together do not start in order.
    private static readonly TimeSpan DatabasePatience = TimeSpan.FromSeconds(20);

    // Radio links take a while to come up to speed.
    private static readonly TimeSpan UploadGrace = TimeSpan.FromSeconds(10);

    /// <summary>Runs the server until it is told to stop; running jobs are handed back.</summary>
    /// <param name="options">How.</param>
    /// <param name="settings">The library's settings; what environment and file say when null.</param>
    /// <param name="cancellationToken">Stops the server.</param>
    /// <exception cref="LibrettoException">It cannot start; the message says why.</exception>
    public static async Task RunAsync(ServerOptions options, LibrettoSettings? settings = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Validated();
        using var workFolder = new TemporaryFolder(options.WorkFolder);
        await using var app = Build(options, settings, workFolder);
        await MigrateAsync(app.Services, options, cancellationToken);
        await app.Services.GetRequiredService<StoreUploads>().CheckAsync(cancellationToken);
        var hasKeys = await ListenGuard.CheckAsync(app.Services, options, cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException ||
            e.Message.Contains("address", StringComparison.OrdinalIgnoreCase))
        {
            // What runs already ends as at any stop, not as something that failed.
            app.Lifetime.StopApplication();
            throw ServerException.AddressInUse(string.Join(", ", options.EffectiveUrls), e);
        }
        ListenGuard.Announce(app.Services, options, hasKeys);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    internal static WebApplication Build(
        ServerOptions options, LibrettoSettings? settings, TemporaryFolder workFolder, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = "Libretto.Server", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Limits(kestrel, options));
        builder.WebHost.UseUrls([.. options.EffectiveUrls]);
        if (options.EffectiveUrls.Count == 0)
            builder.Services.AddSingleton<IServer, NoHttpServer>();
        AddLogging(builder.Logging, options.Log);
        if (time is not null)
            builder.Services.AddSingleton(time);
        AddServices(builder.Services, options, settings, workFolder);
        var app = builder.Build();
        Map(app, options);
        return app;
    }

    internal static async Task MigrateAsync(IServiceProvider services, ServerOptions options, CancellationToken ct)
    {
        Directory.CreateDirectory(options.DataFolder);
        var since = Stopwatch.GetTimestamp();
        var log = services.GetRequiredService<ILogger<LibrettoDb>>();
        var isTold = false;
        while (true)
        {
            try
            {
                await Migrations.MigrateAsync(services.GetRequiredService<IDbContextFactory<LibrettoDb>>(), ct);
                return;
            }
            catch (Exception e) when (DatabaseErrors.IsAway(e) && Stopwatch.GetElapsedTime(since) < DatabasePatience)
            {
                if (!isTold)
                    LogWaiting(log, DatabasePatience.TotalSeconds, e.GetBaseException().Message);
                isTold = true;
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                throw ServerException.DatabaseDown(options.UsesPostgres ? "given by --database" : "in the data folder",
                    e.GetBaseException());
            }
        }
    }

    private static void AddServices(IServiceCollection services, ServerOptions options, LibrettoSettings? settings,
        TemporaryFolder workFolder)
    {
        services.AddSingleton(options);
        services.AddSingleton(workFolder);
        services.AddContentStore(_ => Path.Combine(options.DataFolder, "store"));
        services.AddLibretto(settings);
        services.AddSingleton(provider => new AudioDecoder(provider.GetRequiredService<ToolRunner>(), longest: options.MaxDuration));
        services
            .AddData(options)
            .AddJobs(options)
            .AddPools(options)
            .AddWebhooks(options)
            .AddSecurity(options)
            .AddApi()
            .AddOperations(options)
            .AddPage();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
    }

    private static void Map(WebApplication app, ServerOptions options)
    {
        BasePath.Use(app, options);
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(NotFoundView.AnswerAsync);
        app.UseRouting();
        if (options.CorsOrigins.Count > 0)
            app.UseCors();
        app.UseMiddleware<KeyGate>();
        app.UseRateLimiter();
        Health.Map(app);
        if (!options.ServesApi)
            return;

        app.MapPage(app.MapApi());
        Dashboard.Map(app);
    }

    private static void AddLogging(ILoggingBuilder logging, string level)
    {
        logging.ClearProviders();
        if (level == "warning")
            logging.SetMinimumLevel(LogLevel.Warning);
        if (level == "debug")
            logging.SetMinimumLevel(LogLevel.Debug);
        if (level == "json")
            logging.AddJsonConsole(console => (console.IncludeScopes, console.UseUtcTimestamp) = (true, true));
        else
            logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Hangfire", LogLevel.Warning)
            .AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        // It would have the keys of cookies locked away; they lie with the database, in the user's own folder.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    private static void Limits(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        // Uploads raise it for themselves.
        kestrel.Limits.MaxRequestBodySize = 1 << 20;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(options.LeastUploadRate, UploadGrace);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting {Seconds} s at most for the database: {Reason}")]
    private static partial void LogWaiting(ILogger logger, double seconds, string reason);
}
