using Libretto.Storage.Cloudinary;
using Libretto.Storage.S3;
using Microsoft.Extensions.Logging;

namespace Libretto.Storage;

/// <summary>Opens the store that a setting names.</summary>
public static class ContentStores
{
    /// <summary>
    /// The store at an address: a folder, or the store beyond the network with that folder in front. Nothing is asked of it yet;
    /// <see cref="IContentStore.CheckAsync"/> does that.
    /// </summary>
    /// <param name="address">See <see cref="StoreAddress"/>; <c>disk</c> when null.</param>
    /// <param name="folder">The folder on this machine; made when missing.</param>
    /// <param name="http">For stores with an interface of their own.</param>
    /// <param name="time">The system's clock when null.</param>
    /// <param name="logs">Where trouble with the store is told; nowhere when null.</param>
    /// <param name="environment">Looks up the keys; the process's environment when null.</param>
    /// <exception cref="StorageException">The address means nothing, keys are missing, or the folder cannot be written.</exception>
    public static IContentStore Open(
        string? address, string folder, HttpClient http, TimeProvider? time =
            null, ILoggerFactory? logs = null, Func<string, string?>? environment = null)
    {
        var parsed = StoreAddress.Parse(address);
        environment ??= Environment.GetEnvironmentVariable;
        time ??= TimeProvider.System;
        var spool = Path.Combine(folder, "incoming");
        RemoteContentStore? remote = parsed.Kind switch
        {
            "s3" => new S3ContentStore(S3Options.From(parsed, environment), spool, time),
            "cloudinary" => new CloudinaryContentStore(CloudinaryOptions.From(parsed, environment), http, spool, time),
            _ => null,
        };
        var disk = new DiskContentStore(folder, time);
        return remote is null ? disk : new TieredContentStore(disk, remote, time, logs?.CreateLogger<TieredContentStore>());
    }
}
