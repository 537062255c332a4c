using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Http;

/// <summary>
/// The first parts of the server's addresses that more than one room must know: who may come in, and what browsers are told.
/// </summary>
internal static class ServerPaths
{
    public const string Health = "/health";

    /// <summary>The API's description, and the page that shows it.</summary>
    public const string OpenApi = "/openapi";
    public const string Scalar = "/scalar";

    /// <summary>Hangfire's view of the queue.</summary>
    public const string Dashboard = "/hangfire";

    /// <summary>The page's files.</summary>
    public const string Assets = "/page";
    public const string SignIn = "/sign-in";

    /// <summary>Links that show a song to whoever has them.</summary>
    public const string Shared = "/s";

    /// <summary>Links by which guests come to a party.</summary>
    public const string Party = "/p";

    /// <summary>What is answered without a key.</summary>
    public static IReadOnlyList<PathString> Open { get; } = [Health, OpenApi, Scalar, Assets, "/service-worker.js", "/favicon.ico",
        SignIn, Shared, Party];
}
