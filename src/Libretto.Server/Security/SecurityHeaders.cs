using Libretto.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Security;

/// <summary>
/// What browsers may do with an answer, on every answer, errors included. On our page scripts, sounds and connections come from here
/// alone and no script stands inside markup; styles inside markup are MudBlazor's need. Pages of others' making (the API's description,
/// the queue's dashboard) hold scripts inside markup, and may reach nothing but this server.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob:; " +
        "connect-src 'self'; worker-src 'self'; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; " +
        "frame-ancestors 'none'";

    private const string PolicyOfOthers =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private static readonly PathString[] s_others = [ServerPaths.Scalar, ServerPaths.Dashboard];

    public Task InvokeAsync(HttpContext context)
    {
        // Asked for now, since the dashboard changes it on its way; set late, since an error clears what was set before it.
        var path = context.Request.Path;
        context.Response.OnStarting(() => Set(context, path));
        return next(context);
    }

    private static Task Set(HttpContext context, PathString path)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = s_others.Any(other => path.StartsWithSegments(other)) ? PolicyOfOthers : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
        // What one key may see stays out of caches that others share.
        if (headers.CacheControl.Count == 0 && !path.StartsWithSegments(ServerPaths.Assets))
            headers.CacheControl = "private, no-cache";
        return Task.CompletedTask;
    }
}
