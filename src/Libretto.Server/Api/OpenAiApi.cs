using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary><c>/v1</c>: OpenAI's transcription endpoints, so that their clients work unchanged.</summary>
internal static class OpenAiApi
{
    public static void Map(RouteGroupBuilder v1) => ArgumentNullException.ThrowIfNull(v1);
}
