using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace Libretto.Server.Security;

/// <summary>
/// The path below which a proxy serves this server: X-Forwarded-Prefix of a trusted one, else the setting. Everything behind sees paths
/// without it, whether the proxy took it away or not, and every address that is given out begins with it (<c>Request.PathBase</c>).
/// </summary>
internal static class BasePath
{
    /// <summary>A path as the setting gives it: with a slash before and none behind; empty for <c>/</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Parse(string text)
    {
        var path = "/" + text.Trim().Trim('/');
        return path.Length == 1 ? ""
            : IsPlain(path) ? path
            : throw new FormatException("give a path such as /libretto, of letters, digits and the signs - . _ ~");
    }

    /// <summary>Comes before whatever looks at paths.</summary>
    public static void Use(WebApplication app, ServerOptions options)
    {
        app.UseForwardedHeaders(Forwarded(options));
        app.Use((context, next) => InvokeAsync(context, next, options.BasePath));
    }

    private static Task InvokeAsync(HttpContext context, RequestDelegate next, string fromSettings)
    {
        var request = context.Request;
        // A prefix that is no plain path, such as one with another host in it, is as if absent.
        var forwarded = request.PathBase.Value?.TrimEnd('/') ?? "";
        var prefix = forwarded.Length > 0 && IsPlain(forwarded) ? forwarded : fromSettings;
        request.PathBase = prefix;
        if (prefix.Length > 0 && request.Path.StartsWithSegments(prefix, out var rest))
        {
            // Addresses on the page are below the path, so it needs its slash.
            if (!rest.HasValue && HttpMethods.IsGet(request.Method))
            {
                context.Response.Redirect($"{prefix}/{request.QueryString}", permanent: true, preserveMethod: true);
                return Task.CompletedTask;
            }
            request.Path = rest.HasValue ? rest : "/";
        }
        return next(context);
    }

    private static ForwardedHeadersOptions Forwarded(ServerOptions options)
    {
        // Not the host: without keys the gate lets in by it, and proxies can pass it on as it is.
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix,
            // So many proxies one behind the other as are trusted.
            ForwardLimit = null,
        };
        if (options.TrustedProxies.Count > 0)
        {
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var network in options.TrustedProxies)
                forwarded.KnownIPNetworks.Add(network);
        }
        return forwarded;
    }

    private static bool IsPlain(string path) =>
        path.StartsWith('/') && !path.Contains("//", StringComparison.Ordinal) && path.Split('/').All(part => part is not ("." or "..")) &&
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.' or '_' or '~');
}
