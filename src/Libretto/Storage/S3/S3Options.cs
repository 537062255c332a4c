using System.Globalization;
using System.Text;

namespace Libretto.Storage.S3;

/// <summary>A bucket of an S3 service.</summary>
/// <param name="Bucket">Its name.</param>
internal sealed record S3Options(string Bucket)
{
    /// <summary>What all keys begin with; may be empty.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The service's address; null for AWS itself.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region; those who have none ignore it.</summary>
    public required string Region { get; init; }

    /// <summary>Whether the bucket stands in the path of addresses, not in the host's name.</summary>
    public bool UsesPathStyle { get; init; }

    /// <summary>Whether content is handed out by signed links; not where users cannot reach the service's address.</summary>
    public bool HasLinks { get; init; } = true;

    /// <summary>Null to have AWS's SDK look for a role of the machine or a profile.</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    public string? SessionToken { get; init; }

    /// <summary>Content is sent in parts of this size, bytes; at least 5 MB.</summary>
    public long PartBytes { get; init; } = 16_000_000;

    /// <summary>How often a request that failed is sent again.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Reads the address and, for the keys, the environment.</summary>
    /// <exception cref="StorageException">Something means nothing, or a key is missing.</exception>
    public static S3Options From(StoreAddress address, Func<string, string?> environment)
    {
        string? Get(string name) => environment(name) is { Length: > 0 } value ? value : null;
        var endpoint = address.WebOption("endpoint");
        var options = new S3Options(address.Location)
        {
            Prefix = address.Folder.Length > 0 ? address.Folder + "/" : "",
            Endpoint = endpoint,
            Region = address.Option("region") ?? Get("AWS_REGION") ?? Get("AWS_DEFAULT_REGION") ?? "us-east-1",
            UsesPathStyle = address.Choice("path-style", endpoint is not null, ("true", true), ("false", false)),
            HasLinks = address.Choice("links", true, ("true", true), ("false", false)),
            AccessKey = Get("AWS_ACCESS_KEY_ID"),
            SecretKey = Get("AWS_SECRET_ACCESS_KEY"),
            SessionToken = Get("AWS_SESSION_TOKEN"),
        };
        var isLacking = options.AccessKey is null != options.SecretKey is null || (options.AccessKey is null && endpoint is not null);
        return isLacking
            ? throw StorageException.NoKeys($"The bucket {options.Bucket}", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") : options;
    }

    /// <summary>Keeps the keys out of logs.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Bucket = {Bucket}, Prefix = {Prefix}, Endpoint = {Endpoint}, Region = {Region}");
        return true;
    }
}
