using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Libretto.Server.Api;

/// <summary>What the OpenAPI document says beyond what the endpoints say of themselves.</summary>
internal static class OpenApi
{
    private const string Options = """{"language":"en","stems":true,"separate":"auto","formats":["json","lrc"]}""";

    private const string Job =
        """
        {"id":"01a20698584c7791af5c3a6d76365192","title":"Morning Light","file_name":"morning-light.ogg","options":{"language":"en"},
        "status":"running","pct":47.5,"status_message":"listening","current_stage":"transcribe",
        "progress_log":[{"step":"acquire","status":"completed","percentage":30,"message":"reading","timestamp":"2026-11-23T04:00:00Z","duration":0.4},
        {"step":"transcribe","status":"running","percentage":47.5,"message":"listening","timestamp":"2026-11-23T04:00:01Z","duration":2.1,"method":"whisper/whisper-base"}],
        "attempts":0,"takeovers":0,"created_at":"2026-11-23T04:00:00Z","started_at":"2026-11-23T04:00:00Z","duration":40.4,"cancel_requested":false,
        "links":{"self":"/api/jobs/01a20698584c7791af5c3a6d76365192","steps":"/api/jobs/01a20698584c7791af5c3a6d76365192/steps",
        "events":"/api/jobs/01a20698584c7791af5c3a6d76365192/events"}}
        """;

    private const string Problem =
        """
        {"type":"urn:libretto:error:job_unknown","title":"Not Found","status":404,"detail":"There is no such job.","code":"job_unknown"}
        """;

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Libretto";
            document.Info.Description = "A song goes in, word-timed lyrics come out. Every song is a job that can be watched, stopped, and is never lost.";
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            if (operation.OperationId == "PostJob")
            {
                Show(operation.RequestBody?.Content, "application/json", $$"""{"url":"https://example.org/song.mp3","options":{{Options}}}""");
                Show(operation.RequestBody?.Content, "multipart/form-data", $$"""{"file":"(the song)","options":"{{Options.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""");
            }
            operation.Responses ??= [];
            if (operation.OperationId is "PostJob" or "GetJob" or "CancelJob" or "RetryJob")
                foreach (var answer in operation.Responses.Values)
                    Show(answer.Content, "application/json", Job);
            operation.Responses.TryAdd("default", new OpenApiResponse
            {
                Description = "What went wrong: a problem document with a stable code",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Example = JsonNode.Parse(Problem) } },
            });
            return Task.CompletedTask;
        });
    }

    private static void Show(IDictionary<string, OpenApiMediaType>? content, string mediaType, string example)
    {
        if (content?.TryGetValue(mediaType, out var media) == true)
            media.Example = JsonNode.Parse(example);
    }
}
