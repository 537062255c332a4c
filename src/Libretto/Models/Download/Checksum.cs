using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Libretto.Models.Download;

internal enum ChecksumKind
{
    Sha256,
    Sha512,
    Sha1,

    /// <summary>SHA-1 over git's header and the content: how the hub names files that are not large.</summary>
    GitBlob,
}

/// <summary>A declared checksum that a file can be held against.</summary>
internal sealed record Checksum(ChecksumKind Kind, string Hex)
{
    public static Checksum Sha256(string hex) => new(ChecksumKind.Sha256, hex.ToLowerInvariant());

    /// <summary>Reads subresource-integrity text; of several, the strongest known.</summary>
    public static Checksum? FromIntegrity(string? text)
    {
        var all = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(One).OfType<Checksum>().ToList();
        return all.FirstOrDefault(c => c.Kind == ChecksumKind.Sha512) ?? all.FirstOrDefault();

        static Checksum? One(string part)
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            ChecksumKind? kind = (dash < 0 ? "" : part[..dash]) switch
            {
                "sha512" => ChecksumKind.Sha512,
                "sha256" => ChecksumKind.Sha256,
                "sha1" => ChecksumKind.Sha1,
                _ => null,
            };
            var bytes = new byte[64];
            return kind is not null && Convert.TryFromBase64String(part[(dash + 1)..].Split('?')[0], bytes, out var count)
                ? new Checksum(kind.Value, Convert.ToHexStringLower(bytes.AsSpan(0, count)))
                : null;
        }
    }

    /// <summary>Reads the hub's entity tag: a SHA-256 for large files, git's blob name for others; null for anything else.</summary>
    public static Checksum? FromEntityTag(string? tag)
    {
        var hex = (tag ?? "").Trim();
        if (hex.StartsWith("W/", StringComparison.Ordinal))
            hex = hex[2..];
        hex = hex.Trim('"').ToLowerInvariant();
        if (!hex.All(char.IsAsciiHexDigitLower))
            return null;
        return hex.Length switch
        {
            64 => new Checksum(ChecksumKind.Sha256, hex),
            40 => new Checksum(ChecksumKind.GitBlob, hex),
            _ => null,
        };
    }

    public async Task<bool> MatchesAsync(string file, CancellationToken ct) => await ComputeAsync(Kind, file, ct) == Hex;

    public static async Task<string> ComputeAsync(ChecksumKind kind, string file, CancellationToken ct)
    {
        await using var stream = new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(kind switch
        {
            ChecksumKind.Sha256 => HashAlgorithmName.SHA256,
            ChecksumKind.Sha512 => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA1,
        });
        if (kind == ChecksumKind.GitBlob)
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        var buffer = new byte[1 << 18];
        for (int count; (count = await stream.ReadAsync(buffer, ct)) > 0;)
            hash.AppendData(buffer, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
