using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Web.Frame;

/// <summary>
/// What browsers may do with what the page shows: scripts, sounds and connections from here alone, no script inside markup. Styles
/// inside markup are MudBlazor's need. Pages of others' making (the API's description, the queue's dashboard) have rules of their own.
/// </summary>
internal sealed class PageHeaders(RequestDelegate next)
{
    public const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob:; " +
        "connect-src 'self'; worker-src 'self'; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private static readonly PathString[] s_others = ["/scalar", "/openapi", Ops.Dashboard.Path];

    public Task InvokeAsync(HttpContext context)
    {
        if (!s_others.Any(path => context.Request.Path.StartsWithSegments(path)))
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        }
        return next(context);
    }
}
