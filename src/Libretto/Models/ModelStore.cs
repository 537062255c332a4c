using Libretto.Models.Download;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libretto.Models;

/// <summary>A model that is on this machine.</summary>
/// <param name="Name">Its folder's name.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Bytes">The length of its files.</param>
/// <param name="Origin">Where it was fetched from; null for a folder made by hand.</param>
/// <param name="IsInCache">Whether it lies in the cache, and so can be removed by <see cref="ModelStore.Remove"/>.</param>
public sealed record InstalledModel(string Name, string Folder, long Bytes, string? Origin, bool IsInCache);

/// <summary>What came of fetching a model that something else can stand in for.</summary>
/// <param name="Folder">Its folder; null when it cannot be had now.</param>
/// <param name="Trouble">Why not; null when it is here.</param>
internal sealed record ModelOffer(string? Folder, string? Trouble);

/// <summary>
/// The models of this machine: a folder each, in the extra folders or the user's cache. Fetches what is missing. Safe to use
/// from several threads and processes at once.
/// </summary>
public sealed class ModelStore
{
    private readonly ModelStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ModelInstaller _installer;

    /// <summary>Creates the store; nothing is read or fetched yet.</summary>
    /// <param name="options">Where models lie and come from.</param>
    /// <param name="client">
    /// For downloads. Its handler must not follow redirects by itself; <see cref="CreateHandler"/> makes a fitting one.
    /// </param>
    /// <param name="time">For pauses and the date of installation; the system's when null.</param>
    /// <param name="logger">Told of installations and of failures that were overcome.</param>
    public ModelStore(ModelStoreOptions options, HttpClient client, TimeProvider? time = null, ILogger<ModelStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(client);
        _options = options;
        _time = time ?? TimeProvider.System;
        _installer = new ModelInstaller(options, client, _time, logger ?? NullLogger<ModelStore>.Instance);
    }

    /// <summary>A handler for the store's client: no redirects, npm's proxy where one is configured, else the system's.</summary>
    /// <param name="npm">The npm configuration.</param>
    public static SocketsHttpHandler CreateHandler(NpmConfiguration npm) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(20),
        Proxy = new NpmProxy(npm, HttpClient.DefaultProxy),
    };

    /// <summary>The folder of a model that is here, or null. Nothing is checked or fetched.</summary>
    /// <param name="name">A model's name, looked for in the extra folders, then the cache; or the path of a folder.</param>
    public string? Find(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0)
            return Directory.Exists(name) ? Path.GetFullPath(name) : null;
        return name is "." or ".." || name.StartsWith('.')
            ? null
            : Places().Select(place => Path.Combine(place, name)).FirstOrDefault(HoldsModel) is { } folder
            ? Path.GetFullPath(folder) : null;
    }

    /// <summary>The folder of a model, fetched if it is not here, checked (by length and time of change) if it is.</summary>
    /// <param name="name">A model's name or the path of a folder.</param>
    /// <param name="progress">Told how far a download is.</param>
    /// <param name="ct">Stops; what has been downloaded is kept for the next time, nothing else is.</param>
    /// <exception cref="ModelException">The model is unknown, changed since its installation, or cannot be fetched.</exception>
    public async Task<string> EnsureAsync(string name, IProgress<ModelProgress>? progress = null, CancellationToken ct = default)
    {
        if (Find(name) is not { } folder)
        {
            return _options.MayFetch
                ? await _installer.InstallAsync(Entry(name), source: null, again: false, FetchPatience.Asked, progress, ct)
                : throw ModelException.MayNotFetch(Entry(name).Name);
        }
        await CheckAsync(folder, everyByte: false, ct);
        return folder;
    }

    /// <summary>
    /// The folder of a model that nobody asked for by name and that something else can stand in for: fetched if it is not here and its
    /// source answers. A source that does not is known within three seconds and left alone for an hour.
    /// </summary>
    /// <param name="name">A model of the catalogue.</param>
    /// <param name="onFetch">Called before anything is fetched.</param>
    /// <param name="progress">Told how far a download is.</param>
    /// <param name="ct">Stops; what has been downloaded is kept for the next time, nothing else is.</param>
    internal async Task<ModelOffer> OfferAsync(
        string name, Action<ModelEntry>? onFetch = null, IProgress<ModelProgress>? progress = null, CancellationToken ct = default)
    {
        var entry = Entry(name);
        if (Find(name) is { } folder)
            return new ModelOffer(folder, null);
        if (await TroubleAsync(entry, ct) is { } trouble)
            return new ModelOffer(null, trouble);
        try
        {
            onFetch?.Invoke(entry);
            return new ModelOffer(await _installer.InstallAsync(entry, source: null, again: false, FetchPatience.Offered,
                progress, ct), null);
        }
        catch (ModelException e)
        {
            return new ModelOffer(null, e.InnerException is TransientFailureException or RefusedException ? e.InnerException.Message
                : e.Message);
        }
    }

    /// <summary>
    /// Why <see cref="OfferAsync"/> would not give a model now; null when it is here or its source answers. Fetches nothing.
    /// </summary>
    /// <param name="name">A model of the catalogue.</param>
    /// <param name="ct">Stops.</param>
    internal Task<string?> TroubleAsync(string name, CancellationToken ct = default) =>
        Find(name) is null ? TroubleAsync(Entry(name), ct) : Task.FromResult<string?>(null);

    /// <summary>Fetches a model into the cache; one that is there and whole is left as it is, a damaged one is replaced.</summary>
    /// <param name="name">A model of the catalogue.</param>
    /// <param name="from">A folder to take the published files from instead of the network.</param>
    /// <param name="progress">Told how far the download is.</param>
    /// <param name="ct">Stops; what has been downloaded is kept for the next time, nothing else is.</param>
    /// <returns>The model's folder.</returns>
    /// <exception cref="ModelException">The model is unknown or cannot be fetched.</exception>
    public Task<string> PullAsync(
        string name, string? from = null, IProgress<ModelProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return _installer.InstallAsync(Entry(name), from, again: true, FetchPatience.Asked, progress, ct);
    }

    /// <summary>Reads every byte of an installed model and compares it with what was installed.</summary>
    /// <param name="name">A model's name or the path of a folder.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="ModelException">The model is not here, or a file of it is missing or changed.</exception>
    public Task VerifyAsync(string name, CancellationToken ct = default) =>
        CheckAsync(Find(name) ?? throw ModelException.Unknown(name), everyByte: true, ct);

    /// <summary>
    /// Makes the 8-bit files (<c>*_q8.onnx</c>) of a Whisper folder from its 32-bit ones, which stay: three times smaller, faster
    /// on a CPU, and nearly as good. Does nothing where they are there or cannot be made.
    /// </summary>
    /// <param name="name">A model's name or the path of a folder.</param>
    /// <param name="ct">Stops before the next file.</param>
    /// <returns>The files made.</returns>
    /// <exception cref="ModelException">The model is not here, damaged, or its folder cannot be written.</exception>
    public Task<IReadOnlyList<string>> OptimizeAsync(string name, CancellationToken ct = default) =>
        _installer.OptimizeAsync(Find(name) ?? throw ModelException.Unknown(name), ct);

    /// <summary>Removes a model, and what there is of an unfinished download, from the cache.</summary>
    /// <param name="name">A model's name.</param>
    /// <returns>False if there was none. A model in an extra folder is the user's own and stays.</returns>
    public bool Remove(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.StartsWith('.') || name.AsSpan().IndexOfAny('/', '\\') >= 0)
            return false;
        return _installer.Remove(name);
    }

    /// <summary>The models here, by name; where a name is there twice, the one that <see cref="Find"/> takes.</summary>
    public IReadOnlyList<InstalledModel> List() =>
    [
        .. Places().Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateDirectories(place).Select(Path.GetFullPath))
            .Where(folder => !Path.GetFileName(folder).StartsWith('.') && HoldsModel(folder))
            .DistinctBy(Path.GetFileName, StringComparer.Ordinal)
            .OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .Select(Describe),
    ];

    private async Task<string?> TroubleAsync(ModelEntry entry, CancellationToken ct)
    {
        if (!_options.MayFetch)
            return "fetching is switched off";
        // Only the hub is known to be away; what comes from elsewhere is tried.
        if (!entry.Sources.OfType<HuggingFaceSource>().Any())
            return null;
        var silent = new SilentSource(_options, _time);
        if (silent.Since() is { } since)
            return $"{_options.HubEndpoint.Host} could not be reached {since}";
        if (await _installer.ProbeAsync(entry, ct) is not { } trouble)
            return null;
        silent.Remember();
        return trouble;
    }

    private IEnumerable<string> Places() => [.. _options.ExtraFolders, _options.CacheFolder];

    private ModelEntry Entry(string name) =>
        _options.Catalogue.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw ModelException.Unknown(name);

    private static bool HoldsModel(string folder) =>
        Directory.Exists(folder) &&
        (new[] { folder, Path.Combine(folder, "onnx") }.Any(place => Directory.Exists(place) &&
            Directory.EnumerateFiles(place, "*.onnx").Any())
            || (ModelCatalogue.Find(Path.GetFileName(folder))?.Kind == ModelKind.Hyphenation &&
                Directory.EnumerateFiles(folder, "*.js").Any()));

    private static async Task CheckAsync(string folder, bool everyByte, CancellationToken ct)
    {
        if (ModelManifest.Read(folder) is { } manifest)
            await manifest.CheckAsync(folder, everyByte, ct);
    }

    private InstalledModel Describe(string folder) => new(
        Path.GetFileName(folder),
        folder,
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length),
        OriginOf(folder),
        Path.GetDirectoryName(folder) == Path.GetFullPath(_options.CacheFolder).TrimEnd(Path.DirectorySeparatorChar));

    private static string? OriginOf(string folder)
    {
        try
        {
            return ModelManifest.Read(folder)?.Origin;
        }
        catch (ModelException)
        {
            return null;
        }
    }
}
