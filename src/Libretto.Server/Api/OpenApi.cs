using Microsoft.AspNetCore.OpenApi;

namespace Libretto.Server.Api;

/// <summary>What the OpenAPI document says beyond what the endpoints say of themselves.</summary>
internal static class OpenApi
{
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Libretto";
        document.Info.Description = "A song goes in, word-timed lyrics come out. Every song is a job that can be watched, stopped, and is never lost.";
        return Task.CompletedTask;
    });
}
