using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Http;

/// <summary>
/// An error in the shape OpenAI's clients read: all four members, null where there is nothing to say. What is wrong with a request is 400
/// with the field as <c>param</c>, where the rest of the API has 415 and 422.
/// </summary>
internal sealed record OpenAiError(OpenAiErrorBody Error)
{
    private static readonly string[] s_ofTheSong =
        [ErrorCodes.NotAudio, "file_empty", "file_missing", "two_files", "too_long", "audio_empty", "no_audio_stream"];

    /// <summary>The status that OpenAI has for one of ours.</summary>
    public static int StatusOf(int status) => status is 415 or 422 ? 400 : status;

    public static OpenAiError Of(int status, string code, string message, string? param = null) => new(new OpenAiErrorBody(
        message,
        status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : "invalid_request_error",
        param ?? (s_ofTheSong.Contains(code) ? "file" : null),
        code switch { "key_missing" or "key_invalid" => "invalid_api_key", "too_many_requests" => "rate_limit_exceeded", _ => code }));

    public static Task WriteAsync(HttpContext context, int status, string code, string message, string? param)
    {
        context.Response.StatusCode = StatusOf(status);
        // Their clients send a request again after 409, which would bring back a job that somebody has stopped.
        if (status == 409)
            context.Response.Headers["x-should-retry"] = "false";
        return context.Response.WriteAsJsonAsync(Of(status, code, message, param), ProblemJson.Readable.OpenAiError);
    }
}

/// <summary>The error itself.</summary>
internal sealed record OpenAiErrorBody(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
