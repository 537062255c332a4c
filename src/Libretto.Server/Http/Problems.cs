using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Server.Data;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Http;

/// <summary>Turns whatever goes wrong in a request into a problem document (RFC 9457) with a stable code.</summary>
internal sealed partial class Problems(ILogger<Problems> log) : IExceptionHandler
{
    private static readonly (int Status, string Code, string Detail) s_diskFull =
        (507, ErrorCodes.DiskFull, "The server's disk is full or cannot be written. Try again later.");

    private const string DatabaseTrouble = "database_unavailable";

    private static readonly (int Status, string Code, string Detail) s_internal =
        (500, ErrorCodes.InternalError, "Something went wrong inside the server. Its log has the details.");

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested || httpContext.Response.HasStarted)
            return true;
        var (status, code, detail) = Describe(exception);
        if (status >= 500)
            LogFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
        if (exception is ApiProblem { RetryAfter: { } seconds })
            httpContext.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (exception is ApiProblem { Challenge: { } challenge })
            httpContext.Response.Headers.WWWAuthenticate = challenge;
        await WriteAsync(httpContext, status, code, detail, (exception as ApiProblem)?.Param);
        return true;
    }

    /// <summary>Fills the answers that the framework gives without words.</summary>
    public static Task WriteStatusAsync(HttpContext context)
    {
        var (code, detail) = context.Response.StatusCode switch
        {
            400 => ("request_broken", "The request cannot be understood. See /scalar for what is expected."),
            401 => ("key_missing", "Give an API key: Authorization: Bearer KEY."),
            404 => ("not_found", "There is nothing at this address. See /scalar for what there is."),
            405 => ("method_not_allowed", "This address does not take that method. See /scalar."),
            408 => ("too_slow", "The request came too slowly. Try again."),
            413 => ("too_large", "The request is too large."),
            415 => ("content_type_unsupported",
                "This address takes no body of this kind. Songs are posted as multipart/form-data with a part named file, links and " +
                    "lyrics as application/json."),
            416 => ("range_invalid", "The range lies outside of the recording."),
            var status => ($"http_{status}", "The request cannot be served."),
        };
        return WriteAsync(context, context.Response.StatusCode, code, detail);
    }

    /// <summary>Writes an error: as OpenAI does below <c>/v1</c>, else as a problem document.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string detail, string? param = null)
    {
        if (context.Request.Path.StartsWithSegments("/v1"))
            return OpenAiError.WriteAsync(context, status, code, detail, param);
        context.Response.StatusCode = status;
        var problem = new Problem($"urn:libretto:error:{code}", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            status, detail, code);
        return context.Response.WriteAsJsonAsync(problem, ProblemJson.Readable.Problem, "application/problem+json");
    }

    /// <summary>The same error as OpenAI's clients read it, for an answer whose status is out already.</summary>
    public static OpenAiError AsOpenAi(Exception e)
    {
        var (status, code, detail) = Describe(e);
        return OpenAiError.Of(status, code, detail, (e as ApiProblem)?.Param);
    }

    private static (int Status, string Code, string Detail) Describe(Exception e) => e switch
    {
        ApiProblem problem => (problem.Status, problem.Code, problem.Message),
        BadHttpRequestException { StatusCode: 413 } => (413, "too_large", "The request is larger than this server takes."),
        BadHttpRequestException { StatusCode: 408 } => (408, "too_slow", "The request came too slowly and was given up. Try again."),
        BadHttpRequestException bad => (bad.StatusCode, "request_broken", "The request cannot be understood."),
        JsonException => (400, "json_broken", "The body is not JSON of the form expected. See /scalar for an example."),
        InvalidDataException => (400, "multipart_broken", "The multipart body cannot be read."),
        LibrettoException known => Describe(known),
        _ when DiskErrors.IsFull(e) => s_diskFull,
        _ when DatabaseErrors.IsReadOnly(e) =>
            (503, DatabaseTrouble,
                "The server's database is read-only now: what is there can be read, and nothing changed. Try again later."),
        _ when DatabaseErrors.IsFull(e) =>
            (503, DatabaseTrouble, "All connections that the server's database allows are in use. Try again in a moment."),
        _ when DatabaseErrors.IsTrouble(e) => (503, DatabaseTrouble, "The server's database cannot be used now. Try again in a moment."),
        _ => s_internal,
    };

    /// <summary>
    /// By the error's kind: what the caller can mend is said in the error's own words, what only the server's owner can in general ones.
    /// </summary>
    private static (int Status, string Code, string Detail) Describe(LibrettoException e) => e.Kind switch
    {
        ErrorKind.Usage when e.Code == ErrorCodes.FormatUnknown => (404, e.Code, e.Message),
        ErrorKind.Usage or ErrorKind.Input or ErrorKind.TooLarge => (422, e.Code, PublicMessages.Of(e.Message)),
        ErrorKind.Output => s_diskFull,
        ErrorKind.Missing or ErrorKind.Failed => e.Code.Split('_')[0] switch
        {
            "store" => (503, "store_unavailable", "The server's store cannot be used now. Try again later."),
            "tool" => (503, "tool_unavailable", "A program the server needs is missing or failed. Its log says which."),
            "model" => (503, e.Code, "A model the server needs is missing or broken. Its log says which."),
            _ when e.IsTransient => (503, e.Code, PublicMessages.Of(e.Message)),
            _ => s_internal,
        },
        _ => s_internal,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailed(Exception e, string method, string path);
}

/// <summary>A problem document.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string Code);

/// <summary>The JSON of problem documents: snake_case, nothing for null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(OpenAiError))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>With apostrophes and accents as people write them.</summary>
    public static ProblemJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
