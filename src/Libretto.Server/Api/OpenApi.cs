using System.Globalization;
using Libretto.Server.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Libretto.Server.Api;

/// <summary>
/// What the API's description says beyond what the endpoints say of themselves: examples, errors, and the key where one is needed.
/// </summary>
internal static class OpenApi
{
    private const string Key = "key";

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(async (document, context, ct) =>
        {
            document.Info.Title = "Libretto";
            document.Info.Description =
                "A song goes in, word-timed lyrics come out. Every song is a job that can be watched, stopped, and is never lost.";
            if (await context.ApplicationServices.GetRequiredService<ApiKeys>().AreInUseAsync(ct))
                NeedKey(document);
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var (mediaType, example) in OpenApiExamples.Requests(operation.OperationId))
                if (operation.RequestBody?.Content?.TryGetValue(mediaType, out var media) == true)
                    media.Example = example;
            operation.Responses ??= [];
            foreach (var (status, mediaType, example) in OpenApiExamples.Answers(operation.OperationId))
                Show((OpenApiResponse)operation.Responses[status], mediaType, example);
            foreach (var error in ApiErrors.Of(operation.OperationId))
                operation.Responses[error.Status.ToString(CultureInfo.InvariantCulture)] = Response(
                    error, isOpenAi: context.Description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true);
            return Task.CompletedTask;
        });
    }

    private static void NeedKey(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Key] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key of `libretto keys create`. The header X-Api-Key does as well.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
    }

    private static OpenApiResponse Response(ApiError error, bool isOpenAi)
    {
        var response = new OpenApiResponse { Description = string.Join(", ", error.Codes) };
        Show(response, isOpenAi ? "application/json" : "application/problem+json", OpenApiExamples.Error(error, isOpenAi));
        return response;
    }

    private static void Show(OpenApiResponse response, string mediaType, System.Text.Json.Nodes.JsonNode example)
    {
        response.Content ??= new Dictionary<string, OpenApiMediaType>();
        if (!response.Content.TryGetValue(mediaType, out var media))
            response.Content[mediaType] = media = new OpenApiMediaType();
        media.Example = example;
    }
}
