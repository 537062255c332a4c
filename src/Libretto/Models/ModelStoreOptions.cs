using Libretto.Models.Download;

namespace Libretto.Models;

/// <summary>Where models lie and where they come from.</summary>
public sealed record ModelStoreOptions
{
    /// <summary>Where fetched models are kept, a folder each.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Folders that are looked in before the cache; nothing is fetched into them.</summary>
    public IReadOnlyList<string> ExtraFolders { get; init; } = [];

    /// <summary>
    /// Whether a model that is missing is fetched when a song needs it; when false, only by <see cref="ModelStore.PullAsync"/>.
    /// </summary>
    public bool MayFetch { get; init; } = true;

    /// <summary>The models that can be fetched.</summary>
    public IReadOnlyList<ModelEntry> Catalogue { get; init; } = ModelCatalogue.All;

    /// <summary>Where npm packages come from.</summary>
    public NpmConfiguration Npm { get; init; } = NpmConfiguration.Default;

    /// <summary>The Hugging Face hub or a mirror of it.</summary>
    public Uri HubEndpoint { get; init; } = new("https://huggingface.co/");

    /// <summary>A token for the hub, for rate limits and closed repositories; sent to <see cref="HubEndpoint"/> only.</summary>
    public string? HubToken { get; init; }

    /// <summary>
    /// What the environment says: <c>LIBRETTO_MODELS</c>, <c>XDG_CACHE_HOME</c>, npm's configuration, <c>HF_ENDPOINT</c>,
    /// <c>HF_TOKEN</c>.
    /// </summary>
    /// <param name="environment">Looks up an environment variable.</param>
    public static ModelStoreOptions FromEnvironment(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var options = new ModelStoreOptions
        {
            CacheFolder = ModelFolders.DefaultCache(environment),
            ExtraFolders = ModelFolders.Extra(environment),
            Npm = NpmConfiguration.Read(environment),
            HubToken = environment("HF_TOKEN") is { Length: > 0 } token ? token : null,
        };
        if (environment("HF_ENDPOINT") is not { Length: > 0 } endpoint)
            return options;
        return Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? options with { HubEndpoint = uri }
            : throw new ModelException(ErrorKind.Missing, "hub_endpoint_invalid",
                $"HF_ENDPOINT is '{endpoint}', which is not a web address. Correct or unset it.");
    }
}
