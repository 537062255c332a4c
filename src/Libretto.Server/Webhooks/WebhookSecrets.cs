using System.Security.Cryptography;
using System.Text;

namespace Libretto.Server.Webhooks;

/// <summary>
/// What messages to a key's receiver are signed with: made of the server's secret and the key, so that nobody can sign for another
/// and nothing need be kept.
/// </summary>
internal static class WebhookSecrets
{
    public static string Of(string serverSecret, string keyId) => "whsec_" + Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(serverSecret), Encoding.UTF8.GetBytes($"webhook:{keyId}")));
}
