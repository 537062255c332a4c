using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Security;

/// <summary>The cookie that stands for an API key in a browser: sealed by the server, out of reach of scripts and of other sites.</summary>
internal sealed class SignInCookie(IDataProtectionProvider protection)
{
    public const string Name = "libretto_key";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly ITimeLimitedDataProtector _seal = protection.CreateProtector("sign-in").ToTimeLimitedDataProtector();

    public void Set(HttpContext context, string key) =>
        context.Response.Cookies.Append(Name, _seal.Protect(key, Lifetime), Options(context, Lifetime));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    /// <summary>The key that the request's cookie stands for; null when it has none, or one that is old or not ours.</summary>
    public string? KeyIn(HttpRequest request)
    {
        if (request.Cookies[Name] is not { Length: > 0 } cookie)
            return null;
        try
        {
            return _seal.Unprotect(cookie);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether a request that changes something comes from our own page: browsers say so themselves.</summary>
    public static bool IsFromOurPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ||
        (request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var from) &&
            from.Authority == request.Host.Value);

    private static CookieOptions Options(HttpContext context, TimeSpan? lifetime) => new()
    {
        HttpOnly = true, IsEssential = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict,
            Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/", MaxAge = lifetime,
    };
}
