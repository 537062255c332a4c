using System.Globalization;
using System.Text;

namespace Libretto.Storage.Cloudinary;

/// <summary>
/// What is known of content, as Cloudinary's context metadata: <c>k=v|k=v</c>, in which <c>=</c> and <c>|</c> are escaped by a
/// backslash. It is short: tags that do not fit are left out.
/// </summary>
internal static class CloudinaryContext
{
    private const int Longest = 255;
    private const string TagPrefix = "tag_";

    public static string Write(StoredContent content)
    {
        var text = new StringBuilder();
        Add("sha256", content.Sha256);
        Add("stored_at", content.StoredAt.ToString("O", CultureInfo.InvariantCulture));
        Add("content_type", content.Description.ContentType);
        foreach (var (name, value) in content.Description.Tags)
            Add(TagPrefix + name, value);
        return text.ToString();

        void Add(string name, string value)
        {
            var pair = $"{(text.Length > 0 ? "|" : "")}{Escape(name)}={Escape(value)}";
            if (text.Length + pair.Length <= Longest)
                text.Append(pair);
        }
    }

    /// <summary>The same content as it will be read again: without the tags that do not fit.</summary>
    public static StoredContent Kept(StoredContent content)
    {
        var pairs = Write(content).Split('|').Select(pair => pair.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        var tags = content.Description.Tags.Where(tag => pairs.Contains(Escape(TagPrefix + tag.Key).Split('=')[0])).ToDictionary();
        return content with { Description = content.Description with { Tags = tags } };
    }

    /// <summary>Reads what the admin API gives back: already unescaped pairs. Null when this is no content of ours.</summary>
    public static StoredContent? Read(string key, long bytes, IReadOnlyDictionary<string, string>? pairs)
    {
        if (pairs?.GetValueOrDefault("sha256") is not { } sha256 || pairs.GetValueOrDefault("content_type") is not { } contentType ||
            !DateTimeOffset.TryParse(pairs.GetValueOrDefault("stored_at"), CultureInfo.InvariantCulture, out var storedAt))
            return null;
        var tags = pairs.Where(pair => pair.Key.StartsWith(TagPrefix, StringComparison.Ordinal))
            .ToDictionary(pair => Uri.UnescapeDataString(pair.Key[TagPrefix.Length..]), pair => Uri.UnescapeDataString(pair.Value));
        return new StoredContent(key, sha256, bytes, storedAt, new ContentDescription(Uri.UnescapeDataString(contentType)) { Tags = tags });
    }

    // The string that is signed knows no escape for an ampersand.
    private static string Escape(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal).Replace("&", "%26", StringComparison.Ordinal)
            .Replace("\\", "%5C", StringComparison.Ordinal)
        .Replace("=", "\\=", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}
