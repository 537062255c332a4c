namespace Libretto.Storage;

/// <summary>
/// Where content is kept: <c>disk</c>, <c>s3://BUCKET/PREFIX?endpoint=...&amp;region=...&amp;path-style=...&amp;links=...</c> or
/// <c>cloudinary://CLOUD/FOLDER?signature=...</c>. Never holds a secret; keys come from the environment.
/// </summary>
public sealed record StoreAddress
{
    private static readonly Dictionary<string, string[]> s_known = new()
    {
        ["s3"] = ["endpoint", "region", "path-style", "links"],
        ["cloudinary"] = ["signature", "api", "delivery"],
    };

    private readonly IReadOnlyDictionary<string, string> _options;

    private StoreAddress(string kind, string place, string folder, IReadOnlyDictionary<string, string> options)
    {
        (Kind, Location, Folder, _options) = (kind, place, folder, options);
    }

    /// <summary><c>disk</c>, <c>s3</c> or <c>cloudinary</c>.</summary>
    public string Kind { get; }

    /// <summary>The bucket or cloud; empty for the disk.</summary>
    internal string Location { get; }

    /// <summary>What keys begin with there, without a slash at its end; may be empty.</summary>
    internal string Folder { get; }

    /// <summary>Reads an address; <c>disk</c> when there is none.</summary>
    /// <exception cref="StorageException">It means nothing; the message says what is expected.</exception>
    public static StoreAddress Parse(string? text)
    {
        if (text is null or "" or "disk")
            return new StoreAddress("disk", "", "", new Dictionary<string, string>());
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || !s_known.TryGetValue(address.Scheme, out var known) ||
            address.Host.Length == 0)
            throw StorageException.BadAddress("give disk, s3://BUCKET/PREFIX or cloudinary://CLOUD/FOLDER");
        if (address.UserInfo.Length > 0)
            throw StorageException.BadAddress("keys do not belong into it: they are read from the environment");
        var options = new Dictionary<string, string>();
        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair.Split('=', 2)[0], Uri.UnescapeDataString(pair.Split('=', 2)[^1]));
            if (!known.Contains(name))
                throw StorageException.BadAddress($"'{name}' is none of {string.Join(", ", known)}");
            options[name] = value;
        }
        // The host of an address is lower case; a cloud's name need not be.
        var place = text[(text.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/', '?')[0];
        return new StoreAddress(address.Scheme, place, Uri.UnescapeDataString(address.AbsolutePath).Trim('/'), options);
    }

    internal string? Option(string name) => _options.GetValueOrDefault(name);

    internal Uri? WebOption(string name) => Option(name) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw StorageException.BadAddress($"'{name}' is a web address such as https://s3.example.org");

    internal T Choice<T>(string name, T otherwise, params (string Text, T Value)[] choices) => Option(name) is not { } text ? otherwise
        : Array.FindIndex(choices, choice => choice.Text == text) is >= 0 and var index ? choices[index].Value
        : throw StorageException.BadAddress($"'{name}' is one of {string.Join(", ", choices.Select(choice => choice.Text))}");
}
