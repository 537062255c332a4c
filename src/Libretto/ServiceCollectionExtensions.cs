using Libretto.Acquire;
using Libretto.Acquire.YtDlp;
using Libretto.Audio;
using Libretto.Library;
using Libretto.Models;
using Libretto.Models.Download;
using Libretto.Models.Onnx;
using Libretto.Pipeline;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Exports;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Romanizing;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Timing;
using Libretto.Settings;
using Libretto.Storage;
using Libretto.Tools;
using Libretto.Transcribe.Hosted;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Libretto;

/// <summary>Adds Libretto to a host.</summary>
public static class ServiceCollectionExtensions
{
    private const string StoreClient = "store";

    /// <summary>
    /// Adds <see cref="SongPipeline"/>, <see cref="PassagePipeline"/>, <see cref="KaraokePipeline"/>, <see cref="StemPipeline"/>,
    /// <see cref="SongLibrary"/>,
    /// <see cref="ModelStore"/>, <see cref="AudioDecoder"/> and what they need, one of each.
    /// What stages made is kept in an <see cref="IContentStore"/>, by default a folder in Libretto's own
    /// (<see cref="LibrettoSettings.Keep"/>). A store, <see cref="TimeProvider"/> or logging that the host has is used.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">The settings; what the environment and the settings file say when null.</param>
    /// <exception cref="SettingsException">When the pipeline is first asked for: the environment or the file holds nonsense.</exception>
    public static IServiceCollection AddLibretto(this IServiceCollection services, LibrettoSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => settings ?? SettingsReader.Read().Settings);
        services.AddSingleton(provider => new ToolLocator(
            new ToolPaths { Ffmpeg = Settings(provider).Ffmpeg, YtDlp = Settings(provider).YtDlp }));
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<AudioDecoder>();
        services.AddSingleton<AudioEncoder>();
        services.AddSingleton<CoverArt>();
        services.AddSingleton(_ => NpmConfiguration.Read(Environment.GetEnvironmentVariable));
        services.AddHttpClient<ModelStore>()
            .ConfigurePrimaryHttpMessageHandler(provider => ModelStore.CreateHandler(provider.GetRequiredService<NpmConfiguration>()));
        services.AddSingleton(provider => StoreOptions(Settings(provider), provider.GetRequiredService<NpmConfiguration>()));
        services.AddSingleton(provider => new OnnxSessions(
            Settings(provider).Threads, Enum.Parse<OnnxDevice>(Settings(provider).Device, ignoreCase: true),
            provider.GetRequiredService<ILogger<OnnxSessions>>()));
        services.AddSingleton<SpeechEngines>();
        services.AddHttpClient(HostedEngines.HttpName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
        services.AddSingleton(provider => new HostedEngines(
            provider.GetRequiredService<IHttpClientFactory>(),
            provider.GetRequiredService<AudioEncoder>(),
            Settings(provider),
            provider.GetRequiredService<TemporaryFolder>,
            Path.Combine(CacheFolder(Settings(provider)), "hosted"),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<HostedStatus>()));
        services.AddSingleton<HostedStatus>();
        services.AddSingleton<EngineSelector>();
        services.AddContentStore(provider => Path.Combine(CacheFolder(Settings(provider)), "store"));
        services.TryAddSingleton(provider => TemporaryFolder(Path.Combine(CacheFolder(Settings(provider)), "work")));
        services.AddSingleton(provider => new StageMemo(
            Settings(provider).Keep ? provider.GetRequiredService<IContentStore> : null,
            provider.GetRequiredService<TemporaryFolder>,
            provider.GetRequiredService<ILogger<StageMemo>>()));
        services.AddSingleton<StemSeparation>();
        services.AddSingleton(provider => new NetworkGuard(Settings(provider).AllowNetworks));
        services.AddSingleton(provider => CreateLinkFetch(provider, Settings(provider)));
        services.AddSingleton<SongOpener>();
        services.AddSingleton<EngineFallback>();
        services.AddSingleton(provider => new StemPipeline(
            provider.GetRequiredService<SongOpener>(), provider.GetRequiredService<StemSeparation>()));
        services.AddSingleton<VocalSeparation>();
        services.AddSingleton<CtcAlignment>();
        services.AddHttpClient(nameof(LyricsLookup), client => client.Timeout = TimeSpan.FromSeconds(15));
        services.AddSingleton(provider => new LyricsLookup(
            () => provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(LyricsLookup)),
            Settings(provider).LyricsLibrary, Settings(provider).Contact));
        services.AddSingleton(provider => new LyricsPublisher(
            () => provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(LyricsLookup)),
            Settings(provider).LyricsLibrary, Settings(provider).Contact));
        services.AddSingleton<LyricsSearch>();
        services.AddSingleton<Romanizer>();
        services.AddSingleton(provider => new SongLibrary(
            provider.GetRequiredService<SongPipeline>(),
            provider.GetRequiredService<AudioDecoder>(),
            provider.GetRequiredService<LyricsLookup>(),
            Settings(provider),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SongPipeline(
            provider.GetRequiredService<SongOpener>(),
            provider.GetRequiredService<EngineSelector>(),
            provider.GetRequiredService<EngineFallback>(),
            provider.GetRequiredService<StemSeparation>(),
            provider.GetRequiredService<VocalSeparation>(),
            provider.GetRequiredService<LyricsSearch>(),
            provider.GetRequiredService<CtcAlignment>(),
            provider.GetRequiredService<Romanizer>(),
            tracesTimes: string.Equals(Environment.GetEnvironmentVariable("LIBRETTO_LOG"), "debug", StringComparison.OrdinalIgnoreCase)));
        services.AddSingleton<NoteSearch>();
        services.AddSingleton(provider => new KaraokeRenderer(
            provider.GetRequiredService<ToolRunner>(),
            provider.GetRequiredService<AudioDecoder>(),
            provider.GetRequiredService<TemporaryFolder>));
        services.AddSingleton(provider => new KaraokePipeline(
            provider.GetRequiredService<SongOpener>(),
            provider.GetRequiredService<SongPipeline>(),
            provider.GetRequiredService<StemSeparation>(),
            provider.GetRequiredService<NoteSearch>(),
            provider.GetRequiredService<Romanizer>(),
            provider.GetRequiredService<KaraokeRenderer>()));
        services.AddSingleton(provider => new PassagePipeline(
            provider.GetRequiredService<AudioDecoder>(),
            provider.GetRequiredService<AudioEncoder>(),
            provider.GetRequiredService<SongPipeline>(),
            provider.GetRequiredService<TemporaryFolder>()));
        return services;
    }

    /// <summary>
    /// Adds the <see cref="IContentStore"/> that <see cref="LibrettoSettings.Store"/> names, unless the host has one: a folder, or that
    /// folder in front of a store beyond the network. With <see cref="LibrettoSettings.Local"/> it is the folder alone.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="folder">The folder on this machine.</param>
    public static IServiceCollection AddContentStore(this IServiceCollection services, Func<IServiceProvider, string> folder)
    {
        services.AddHttpClient(StoreClient, http => http.Timeout = TimeSpan.FromMinutes(10));
        services.TryAddSingleton(provider => ContentStores.Open(
            Settings(provider).Local ? null : Settings(provider).Store,
            folder(provider),
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(StoreClient),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }

    private static LibrettoSettings Settings(IServiceProvider provider) => provider.GetRequiredService<LibrettoSettings>();

    private static string CacheFolder(LibrettoSettings settings) =>
        settings.Cache ?? Path.GetDirectoryName(ModelFolders.DefaultCache(Environment.GetEnvironmentVariable))!;

    private static TemporaryFolder TemporaryFolder(string parent)
    {
        var folder = new TemporaryFolder(parent);
        folder.SweepDead();
        return folder;
    }

    private static LinkFetch CreateLinkFetch(IServiceProvider provider, LibrettoSettings settings)
    {
        var (guard, time) = (provider.GetRequiredService<NetworkGuard>(), provider.GetRequiredService<TimeProvider>());
        return new LinkFetch(
            new DirectSource(guard, settings.Proxy, time),
            new YtDlpSource(provider.GetRequiredService<ToolRunner>(), guard, settings.Proxy),
            provider.GetRequiredService<AudioDecoder>(),
            guard,
            provider.GetRequiredService<IContentStore>,
            settings.Cookies,
            time);
    }

    private static ModelStoreOptions StoreOptions(LibrettoSettings settings, NpmConfiguration npm) => new()
    {
        CacheFolder = Path.Combine(CacheFolder(settings), "models"),
        ExtraFolders = settings.Models,
        Npm = npm,
        HubEndpoint = settings.Hub,
        HubToken = settings.HubToken,
        MayFetch = settings.Fetch != LibrettoSettings.FetchNever,
    };
}
