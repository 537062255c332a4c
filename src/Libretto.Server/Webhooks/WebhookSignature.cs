using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Libretto.Server.Webhooks;

/// <summary>
/// Signs a message: <c>t=UNIXSECONDS,v1=HEX</c>, where HEX is the HMAC-SHA256 of <c>t.body</c>. The time is part of it, so that a
/// receiver can refuse what is old.
/// </summary>
internal static class WebhookSignature
{
    public const string Header = "Libretto-Signature";

    public static string Sign(string secret, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(time + "."));
        hmac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
