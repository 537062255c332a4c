using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Libretto.Server.Web.Take;

/// <summary>
/// Links that show one song, read-only, to whoever has them, until they expire. A link is the job's id sealed with its time by the
/// server's own keys; nothing is stored, and nothing else can be reached through it.
/// </summary>
internal sealed class ShareLinks(IDataProtectionProvider protection)
{
    public const string Root = "/s";

    private readonly ITimeLimitedDataProtector _seal = protection.CreateProtector("share").ToTimeLimitedDataProtector();

    /// <summary>The path of a link to a job.</summary>
    public string Make(string jobId, TimeSpan lifetime) => $"{Root}/{_seal.Protect(jobId, lifetime)}";

    /// <summary>The job that a link's token shows and until when; null when it has expired or is not ours.</summary>
    public (string JobId, DateTimeOffset Until)? Open(string token)
    {
        try
        {
            return (_seal.Unprotect(token, out var until), until);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
