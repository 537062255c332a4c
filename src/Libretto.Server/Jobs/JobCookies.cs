using System.Security.Cryptography;
using Libretto.Acquire;
using Libretto.Server.Data.Entities;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs;

/// <summary>
/// Keeps cookies that came with a link encrypted in its row, for as long as the download is not done. A machine that does not have the
/// keys (<c>Security/DataKeys</c>) goes without these cookies.
/// </summary>
internal sealed partial class JobCookies(IDataProtectionProvider protection, TimeProvider time, ILogger<JobCookies> log)
{
    private readonly IDataProtector _protector = protection.CreateProtector("job-cookies");

    /// <summary>The cookies as the row keeps them.</summary>
    /// <exception cref="AcquireException">They are none, or have all expired.</exception>
    public string Protect(string text) => _protector.Protect(Parse(text).Reveal());

    /// <summary>A job's cookies; null when it has none that can be read here.</summary>
    public CookieJar? Read(Job job)
    {
        if (job.Cookies is null)
            return null;
        try
        {
            return Parse(_protector.Unprotect(job.Cookies));
        }
        catch (CryptographicException)
        {
            LogUnreadable(job.Id);
            return null;
        }
    }

    private CookieJar Parse(string text) => CookieJar.Parse(text, "The text given as cookies", time.GetUtcNow());

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Job {JobId}: its cookies were encrypted by a machine that does not share its keys and are not used here")]
    private partial void LogUnreadable(string jobId);
}
