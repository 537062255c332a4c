using System.Net.Http.Headers;
using System.Text;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Security;

/// <summary>
/// Lets requests in: by API key once there is one, else only those of this machine's own user, which a page of some other site,
/// open in that user's browser, is not.
/// </summary>
internal sealed class KeyGate(RequestDelegate next, ApiKeys keys, SignInCookie cookie, ServerOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (ServerPaths.Open.Any(path => context.Request.Path.StartsWithSegments(path)))
        {
            await next(context);
            return;
        }
        var needsKey = await keys.AreInUseAsync(context.RequestAborted);
        if (needsKey && IsLookedAt(context.Request) && await FindAsync(context) is null)
        {
            var to = QueryString.Create("to", context.Request.Path + context.Request.QueryString);
            context.Response.Redirect(context.Request.PathBase + ServerPaths.SignIn + to);
            return;
        }
        var caller = needsKey ? await ByKeyAsync(context) : Local(context.Request);
        if (!caller.IsAdmin && context.Request.Path.StartsWithSegments(ServerPaths.Dashboard))
            throw new ApiProblem(403, "admin_only", "This needs an admin key.");
        context.Features.Set(caller);
        context.User = caller.ToPrincipal();
        await next(context);
    }

    /// <summary>A browser that opens a view, rather than a program that asks.</summary>
    private static bool IsLookedAt(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments(ServerPaths.Dashboard) &&
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private async Task<ApiKey?> FindAsync(HttpContext context) =>
        TextOf(context.Request) is { } text ? await keys.FindAsync(text, context.RequestAborted) : null;

    private async Task<Caller> ByKeyAsync(HttpContext context)
    {
        var text = TextOf(context.Request);
        if (await FindAsync(context) is { } key)
            return new Caller(key.Id, key.Scope == ApiKeys.AdminScope);
        // Browsers ask for a key only when told how; the queue's dashboard is for browsers.
        var scheme = context.Request.Path.StartsWithSegments(ServerPaths.Dashboard) ? "Basic" : "Bearer";
        var challenge = $"{scheme} realm=\"Libretto\"";
        throw text is null
            ? new ApiProblem(401, "key_missing", "Give an API key: Authorization: Bearer KEY.") { Challenge = challenge }
            : new ApiProblem(401, "key_invalid", "This API key is not valid. It may have been revoked.") { Challenge = challenge };
    }

    private Caller Local(HttpRequest request)
    {
        // The address too: a proxy on this machine may say whom it stands for, and not pass on what it was called.
        var isElsewhere = request.HttpContext.Connection.RemoteIpAddress is { } address && !System.Net.IPAddress.IsLoopback(address);
        if (isElsewhere || !Loopback.Is(request.Host.Host))
            throw new ApiProblem(403, "host_foreign", "Without API keys this server answers to its loopback name only.");
        if (request.Headers.Origin is [{ } origin] && !options.CorsOrigins.Contains(origin) &&
            (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !Loopback.Is(from.Host)))
            throw new ApiProblem(403, "origin_foreign", "Without API keys this server does not answer to pages of other sites.");
        return Caller.Local;
    }

    /// <summary>The key in the request's headers, else the one its cookie stands for, which counts for our own page only.</summary>
    private string? TextOf(HttpRequest request) =>
        KeyIn(request) ?? (SignInCookie.IsFromOurPage(request) ? cookie.KeyIn(request) : null);

    private static string? KeyIn(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"] is [{ Length: > 0 } key])
            return key;
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header.Parameter is null)
            return null;
        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return header.Parameter;
        // A browser's dialogue: any name, the key as password.
        var decoded = new byte[header.Parameter.Length];
        return header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) &&
            Convert.TryFromBase64String(header.Parameter, decoded, out var count)
            ? Encoding.UTF8.GetString(decoded, 0, count).Split(':', 2)[^1]
            : null;
    }
}
