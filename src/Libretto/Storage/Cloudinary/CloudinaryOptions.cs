using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Libretto.Storage.Cloudinary;

/// <summary>A product environment ("cloud") of Cloudinary's.</summary>
/// <param name="Cloud">Its name.</param>
internal sealed record CloudinaryOptions(string Cloud)
{
    /// <summary>What all public ids begin with; may be empty.</summary>
    public string Folder { get; init; } = "";

    public required string Key { get; init; }

    public required string Secret { get; init; }

    /// <summary>SHA-1, unless the account asks for SHA-256.</summary>
    public HashAlgorithmName Signature { get; init; } = HashAlgorithmName.SHA1;

    /// <summary>Where content and questions go.</summary>
    public Uri Api { get; init; } = new("https://api.cloudinary.com/");

    /// <summary>Where content is read.</summary>
    public Uri Delivery { get; init; } = new("https://res.cloudinary.com/");

    /// <summary>Content above this is sent in chunks, bytes.</summary>
    public long LargestPost { get; init; } = 100_000_000;

    /// <summary>The size of a chunk, bytes: at least 5 MB, but for the last.</summary>
    public int ChunkBytes { get; init; } = 20_000_000;

    /// <summary>Reads the address and, for the keys, the environment: CLOUDINARY_API_KEY and _SECRET, or CLOUDINARY_URL.</summary>
    /// <exception cref="StorageException">Something means nothing, or a key is missing.</exception>
    public static CloudinaryOptions From(StoreAddress address, Func<string, string?> environment)
    {
        var (key, secret) = (environment("CLOUDINARY_API_KEY"), environment("CLOUDINARY_API_SECRET"));
        if (string.IsNullOrEmpty(key) && Uri.TryCreate(environment("CLOUDINARY_URL"), UriKind.Absolute, out var url) &&
            url.UserInfo.Split(':') is [var id, var word])
            (key, secret) = (Uri.UnescapeDataString(id), Uri.UnescapeDataString(word));
        if (string.IsNullOrEmpty(key) || string.IsNullOrEmpty(secret))
            throw StorageException.NoKeys($"The cloud {address.Location}",
                "CLOUDINARY_API_KEY and CLOUDINARY_API_SECRET, or CLOUDINARY_URL");
        var options = new CloudinaryOptions(address.Location)
        {
            Folder = address.Folder.Length > 0 ? address.Folder + "/" : "",
            Key = key,
            Secret = secret,
            Signature = address.Choice(
                "signature", HashAlgorithmName.SHA1, ("sha1", HashAlgorithmName.SHA1), ("sha256", HashAlgorithmName.SHA256)),
        };
        return options with { Api = address.WebOption("api") ?? options.Api, Delivery = address.WebOption("delivery") ?? options.Delivery };
    }

    /// <summary>Keeps the keys out of logs.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Cloud = {Cloud}, Folder = {Folder}");
        return true;
    }
}
