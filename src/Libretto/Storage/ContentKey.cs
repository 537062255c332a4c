using System.Security.Cryptography;
using System.Text;

namespace Libretto.Storage;

/// <summary>
/// Keys of a content store: parts of lower-case letters, digits, dots, dashes and underscores, joined by slashes, such as
/// <c>audio/9f86…</c>. They are file names and parts of addresses everywhere, so nothing else is allowed; whatever is longer or
/// comes from outside is hashed first.
/// </summary>
public static class ContentKey
{
    private const int LongestKey = 200;

    /// <summary>A key for anything: the folder, then the SHA-256 of the parts, each told from the next.</summary>
    /// <param name="folder">The first part of the key.</param>
    /// <param name="parts">Any text, such as a link, a content hash or canonical options.</param>
    public static string Of(string folder, params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(BitConverter.GetBytes(part.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(part));
        }
        return Check($"{folder}/{Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    /// <summary>The key itself, if it is one.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static string Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return IsKey(key) ? key : throw new ArgumentException($"'{key}' is no key of a content store.", nameof(key));
    }

    internal static bool IsKey(string text) =>
        text.Length <= LongestKey && text.Split('/').All(part => part.Length > 0 && part[0] != '.' && part.All(IsAllowed));

    private static bool IsAllowed(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_';
}
