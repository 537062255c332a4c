using System.Text.Json.Nodes;

namespace Libretto.Server.Api;

/// <summary>An example of what each operation takes and gives, for the API's description.</summary>
internal static class OpenApiExamples
{
    private const string Id = "01a20698584c7791af5c3a6d76365192";

    private const string Options = """{"language":"en","stems":true,"separate":"auto","formats":["json","lrc"]}""";

    private const string Job =
        $$"""
        {"id":"{{Id}}","title":"Morning Light","file_name":"morning-light.ogg","options":{"language":"en"},
        "status":"running","pct":47.5,"status_message":"transcribing","current_stage":"transcribe",
        "progress_log":[{"step":"acquire","status":"completed","percentage":30,"message":"reading","timestamp":"2026-11-23T04:00:00Z",
        "duration":0.4},
        {"step":"transcribe","status":"running","percentage":47.5,"message":"transcribing","timestamp":"2026-11-23T04:00:01Z",
        "duration":2.1,"method":"whisper/whisper-base"}],
        "attempts":0,"takeovers":0,"created_at":"2026-11-23T04:00:00Z","started_at":"2026-11-23T04:00:00Z","duration":40.4,
        "cancel_requested":false,
        "links":{"self":"/api/jobs/{{Id}}","steps":"/api/jobs/{{Id}}/steps","events":"/api/jobs/{{Id}}/events"} }
        """;

    private const string List =
        $$"""
        {"id":"{{Id}}","name":"Summer","url":"https://example.org/summer","found":12,"count":12,"status":"running","pct":41.5,
        "counts":{"completed":4,"running":1,"queued":7},"created_at":"2026-11-23T04:00:00Z",
        "links":{"self":"/api/lists/{{Id}}","jobs":"/api/jobs?list={{Id}}"} }
        """;

    private const string Steps =
        $$"""
        {"id":"{{Id}}","status":"running","pct":47.5,"status_message":"transcribing","steps":[
        {"step":"acquire","status":"completed","percentage":30,"message":"reading","timestamp":"2026-11-23T04:00:00Z","duration":0.4,
        "method":"upload","method_text":"uploaded"},
        {"step":"separate","status":"skipped","message":"not needed","duration":0},
        {"step":"transcribe","status":"running","percentage":47.5,"message":"transcribing","timestamp":"2026-11-23T04:00:01Z",
        "duration":2.1,
        "method":"whisper/whisper-base","method_text":"worker gpu-1: whisper-base","estimate":{"low":1.5,"likely":2.5,"high":4},
        "estimate_text":"2 s to 4 s"},
        {"step":"align","status":"skipped","message":"not needed","duration":0},
        {"step":"publish","status":"pending","message":"waits for the steps before","duration":0}]}
        """;

    private const string Lyrics =
        """
        {"schema":"libretto/1","title":"Morning Light","language":"en","duration":40.4,"method":{"engine":"whisper/whisper-base",
        "words":"transcribed"},
        "lines":[{"start":1.2,"end":3.41,"text":"Hello again","words":[{"text":"Hello","start":1.2,"end":1.52,
        "confidence":0.93},{"text":"again","start":1.6,"end":3.41,"confidence":0.9}]}]}
        """;

    private const string Transcription = """{"text":"Hello again"}""";

    private const string TranscriptionRequest =
        """{"file":"(the song)","model":"whisper-1","response_format":"verbose_json","timestamp_granularities[]":"word"}""";

    private const string Model = """{"id":"whisper-base","object":"model","created":1735689600,"owned_by":"libretto"}""";

    /// <summary>What an operation takes, by media type.</summary>
    public static IEnumerable<(string MediaType, JsonNode Example)> Requests(string? operation) => operation switch
    {
        "PostJob" =>
        [
            ("application/json", Json(
                $$"""{"url":"https://example.org/song.mp3","lyrics":"Hello again\nmorning light","options":{{Options}}}""")),
            ("multipart/form-data", new JsonObject { ["file"] = "(the song)", ["options"] = Options,
                ["lyrics"] = "Hello again\nmorning light" }),
        ],
        "PostList" =>
        [
            ("application/json", Json($$"""{"url":"https://example.org/summer","items":12,"options":{{Options}}}""")),
            ("multipart/form-data", new JsonObject { ["file"] = "(the list)", ["options"] = Options }),
        ],
        "RenameJob" => [("application/json", Json("""{"title":"Morning Light","artist":"Libretto"}"""))],
        "RemakeJob" => [("application/json", Json($$"""{"options":{{Options}},"lyrics":"Hello again\nmorning light"}"""))],
        "PutLyrics" => [("application/json", Json(Lyrics))],
        "PostExport" => [("application/json", Json("""{"kind":"mp4","audio":"guide","resolution":1080}"""))],
        "CreateTranscription" or "CreateTranslation" => [("multipart/form-data", Json(TranscriptionRequest))],
        _ => [],
    };

    /// <summary>What an operation gives when all is well, by status and media type.</summary>
    public static IEnumerable<(string Status, string MediaType, JsonNode Example)> Answers(string? operation) => operation switch
    {
        "PostJob" or "CancelJob" or "RetryJob" or "RemakeJob" or "PostExport" => [("202", "application/json", Json(Job))],
        "GetJob" or "RenameJob" => [("200", "application/json", Json(Job))],
        "ListJobs" => [("200", "application/json", Json($$"""{"jobs":[{{Job}}],"next":"/api/jobs?before={{Id}}&limit=1"}"""))],
        "PostList" => [("202", "application/json", Json(List))],
        "GetList" or "CancelList" => [("200", "application/json", Json(List))],
        "ListLists" => [("200", "application/json", Json($$"""{"lists":[{{List}}]}"""))],
        "WatchJob" => [("200", "text/event-stream", $"event: progress\nid: 7\ndata: {Json(Job).ToJsonString()}\n\n")],
        "GetSteps" => [("200", "application/json", Json(Steps))],
        "GetLyrics" => [("200", "application/json", Json(Lyrics)), ("200", "text/vtt", "WEBVTT\n\n00:01.200 --> 00:03.410\nHello again\n")],
        "GetLyricsAs" => [("200", "text/plain", "[00:01.20]Hello again\n")],
        "GetAudio" => [("200", "audio/flac", "(the recording)"), ("206", "audio/flac", "(a part of the recording)")],
        "ListExports" => [("200", "application/json", Json($$"""{"jobs":[{{Job}}]}"""))],
        "GetExport" => [("200", "video/mp4", "(the file)"), ("206", "video/mp4", "(a part of the file)")],
        "GetWaveform" => [("200", "application/json", Json("""{"rate":50,"peaks":[0,12,130,255],"voice":[[1.2,3.4]]}"""))],
        "GetSound" => [("200", "audio/ogg", "(the recording)"), ("206", "audio/ogg", "(a part of the recording)")],
        "GetCover" => [("200", "image/jpeg", "(the picture)")],
        "GetSongZip" or "GetSongsZip" => [("200", "application/zip", "(the file)")],
        "GetKaraokeFile" => [("200", "text/html", "<!doctype html>...")],
        "GetWebhook" =>
        [
            ("200", "application/json", Json(
                """
                {"url":"https://songs.example/done","state":"delivered","attempts":1,"delivered_at":"2026-11-23T04:00:09Z",
                "log":[{"at":"2026-11-23T04:00:09Z","status":204,"seconds":0.12}]}
                """)),
        ],
        "GetWebhookSecret" => [("200", "application/json", Json("""{"secret":"(64 hexadecimal digits)"}"""))],
        "GetUsage" =>
        [
            ("200", "application/json", Json(
                """
                {"days":1,"keys":[{"key_id":"5f0c2c3e","name":"anna","songs":12,"minutes":41.5,"usd":0.024}],
                "limits_per_day":{"songs":100}}
                """)),
        ],
        "ListWorkers" =>
        [
            ("200", "application/json", Json(
                """
                {"workers":[{"id":"5f0c2c3e","pool":"fly://songs","pool_id":"9080e6f3","name":"gpu-1:7:ab12","state":"running",
                "lanes":"compute",
                "requested_at":"2026-11-23T04:00:00Z","started_at":"2026-11-23T04:00:20Z","seconds":93.5,"usd":0.0021}]}
                """)),
        ],
        "CreateTranscription" or "CreateTranslation" => [("200", "application/json", Json(Transcription))],
        "ListModels" => [("200", "application/json", Json($$"""{"object":"list","data":[{{Model}}]}"""))],
        "GetModel" => [("200", "application/json", Json(Model))],
        _ => [],
    };

    /// <summary>A problem document, or the error that OpenAI's clients read.</summary>
    public static JsonNode Error(ApiError error, bool isOpenAi)
    {
        const string Words = "What happened and what to do, for people.";
        return isOpenAi
            ? new JsonObject { ["error"] = new JsonObject { ["message"] = Words, ["type"] = error.Status >= 500 ? "server_error"
                : "invalid_request_error", ["code"] = error.Codes[0] } }
            : new JsonObject
            {
                ["type"] = $"urn:libretto:error:{error.Codes[0]}",
                ["title"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(error.Status),
                ["status"] = error.Status,
                ["detail"] = Words,
                ["code"] = error.Codes[0],
            };
    }

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;
}
