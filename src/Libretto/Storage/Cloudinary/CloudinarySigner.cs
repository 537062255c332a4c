using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Libretto.Storage.Cloudinary;

/// <summary>Signs requests and addresses as Cloudinary's documentation on signatures says.</summary>
internal sealed class CloudinarySigner(CloudinaryOptions options)
{
    /// <summary>The parameters of a call with key, time and signature; without a secret they cannot be made, nor changed.</summary>
    public Dictionary<string, string> Sign(Dictionary<string, string> parameters, DateTimeOffset now)
    {
        var signed =
            new Dictionary<string, string>(parameters) { ["timestamp"] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) };
        var text = string.Join('&', signed.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
        signed["signature"] = Convert.ToHexStringLower(Hash(text + options.Secret));
        signed["api_key"] = options.Key;
        return signed;
    }

    /// <summary>The part of a delivery address that opens authenticated content.</summary>
    public string SignAddress(string publicId)
    {
        var length = options.Signature == HashAlgorithmName.SHA256 ? 32 : 8;
        var text = Convert.ToBase64String(Hash(publicId + options.Secret)).Replace('+', '-').Replace('/', '_');
        return $"s--{text[..length]}--";
    }

#pragma warning disable CA5350 // The algorithm is the service's.
    private byte[] Hash(string text) => options.Signature == HashAlgorithmName.SHA256
        ? SHA256.HashData(Encoding.UTF8.GetBytes(text))
        : SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}
