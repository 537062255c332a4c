using Libretto.Server.Http;

namespace Libretto.Server.Api;

/// <summary>Which errors an operation may answer with, for the API's description. A test holds the table to the code.</summary>
internal static class ApiErrors
{
    private static readonly ApiError[] s_any =
    [
        new(401, "key_missing", "key_invalid"), new(403, "host_foreign", "origin_foreign"), new(429, "too_many_requests"),
        new(500, "internal_error"), new(503, "database_unavailable", "store_unavailable"),
    ];

    private static readonly ApiError[] s_upload =
    [
        new(400, "file_missing", "two_files", "file_empty", "too_many_parts", "multipart_broken", "unknown_field"), new(408, "too_slow"),
        new(413, "too_large"),
        new(415, "content_type_unsupported", "not_audio"), new(422, "option_invalid", "too_long"), new(429, "quota_exceeded", "queue_full"),
        new(503, "tool_unavailable"), new(507, "disk_full"),
    ];

    private static readonly ApiError[] s_lyrics = [new(409, "not_ready", "job_failed", "job_cancelled"), new(410, "expired")];

    private static readonly ApiError[] s_transcription =
        [.. s_upload.Select(error => error with { Status = OpenAiError.StatusOf(error.Status) }), new(404, "model_not_found"),
            new(409, "job_cancelled")];

    private static readonly ApiError s_noJob = new(404, "job_unknown");

    private static readonly Dictionary<string, ApiError[]> s_own = new()
    {
        ["PostJob"] =
        [
            .. s_upload, new(400, "json_broken", "idempotency_key_invalid"), new(403, "admin_only"),
            new(422, "link_invalid", "link_private", "link_playlist", "lyrics_empty", "lyrics_broken", "lyrics_schema",
                "idempotency_key_reused", "webhooks_off"),
        ],
        ["PostList"] =
        [
            new(400, "json_broken", "file_missing", "multipart_broken", "unknown_field", "idempotency_key_invalid"), new(403, "admin_only"),
            new(415, "content_type_unsupported"),
            new(422, "link_invalid", "link_private", "list_empty", "list_broken", "option_invalid", "idempotency_key_reused",
                "webhooks_off"),
            new(429, "quota_exceeded", "queue_full"), new(503, "tool_unavailable"),
        ],
        ["ListLists"] = [new(422, "option_invalid")],
        ["GetList"] = [new(404, "list_unknown")],
        ["CancelList"] = [new(404, "list_unknown")],
        ["ListJobs"] = [new(400, "request_broken"), new(422, "option_invalid")],
        ["GetJob"] = [s_noJob],
        ["WatchJob"] = [s_noJob],
        ["GetSteps"] = [s_noJob],
        ["CancelJob"] = [s_noJob, new(409, "job_finished")],
        ["RetryJob"] = [s_noJob, new(409, "job_not_retryable"), new(410, "expired")],
        ["DeleteJob"] = [s_noJob, new(409, "job_running")],
        ["RenameJob"] = [s_noJob, new(400, "json_broken", "unknown_field"), new(422, "option_invalid")],
        ["RemakeJob"] =
        [
            s_noJob, new(400, "json_broken", "unknown_field"), new(409, "not_ready", "job_running"), new(410, "expired"),
            new(422, "option_invalid", "lyrics_empty", "lyrics_broken", "lyrics_schema"), new(429, "quota_exceeded", "queue_full"),
        ],
        ["GetLyrics"] = [s_noJob, .. s_lyrics, new(404, "format_unknown"), new(406, "format_unknown")],
        ["GetLyricsAs"] = [s_noJob, .. s_lyrics, new(404, "format_unknown")],
        ["PutLyrics"] =
        [
            s_noJob, .. s_lyrics, new(412, "edited_meanwhile"), new(413, "too_large"), new(415, "content_type_unsupported"),
            new(422, "lyrics_broken", "lyrics_schema"), new(428, "if_match_missing"),
        ],
        ["GetAudio"] = [s_noJob, new(404, "audio_unknown", "audio_missing"), new(410, "expired"), new(416, "range_invalid")],
        ["PostExport"] =
        [
            s_noJob, new(400, "json_broken"), new(409, "not_ready"), new(410, "expired"), new(415, "content_type_unsupported"),
            new(422, "option_invalid"),
            new(429, "quota_exceeded", "queue_full"),
        ],
        ["ListExports"] = [s_noJob],
        ["GetExport"] = [s_noJob, new(404, "export_unknown", "export_missing"), .. s_lyrics, new(416, "range_invalid")],
        ["GetWaveform"] = [s_noJob, new(410, "expired")],
        ["GetSound"] = [s_noJob, new(404, "audio_unknown", "audio_missing"), new(410, "expired")],
        ["GetCover"] = [s_noJob, new(404, "cover_missing"), new(410, "expired")],
        ["GetSongZip"] = [s_noJob, .. s_lyrics],
        ["GetSongsZip"] = [s_noJob, new(400, "request_broken"), .. s_lyrics, new(422, "option_invalid")],
        ["GetKaraokeFile"] =
        [
            s_noJob, new(404, "audio_unknown"), .. s_lyrics, new(416, "range_invalid"), new(429, "quota_exceeded", "queue_full"),
        ],
        ["GetWebhook"] = [s_noJob, new(404, "webhook_missing")],
        ["GetWebhookSecret"] = [new(422, "webhooks_off")],
        ["GetUsage"] = [new(422, "option_invalid")],
        ["ListWorkers"] = [new(403, "admin_only")],
        ["CreateTranscription"] = s_transcription,
        ["CreateTranslation"] = s_transcription,
        ["GetModel"] = [new(404, "model_not_found")],
    };

    /// <summary>The errors of an operation, those that any may answer with included, each status once.</summary>
    public static IEnumerable<ApiError> Of(string? operation) => s_own.GetValueOrDefault(operation ?? "", [])
        .Concat(s_any)
        .GroupBy(error => error.Status)
        .OrderBy(same => same.Key)
        .Select(same => new ApiError(same.Key, [.. same.SelectMany(error => error.Codes)]));
}

/// <summary>An answer that is an error.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Codes">The codes it may carry.</param>
internal sealed record ApiError(int Status, params string[] Codes);
