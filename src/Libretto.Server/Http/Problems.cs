using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Server.Data;
using Libretto.Storage;
using Libretto.Tools;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Http;

/// <summary>Turns whatever goes wrong in a request into a problem document (RFC 9457) with a stable code.</summary>
internal sealed partial class Problems(ILogger<Problems> log) : IExceptionHandler
{
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
        _ when e is LibrettoException { Code: ErrorCodes.DiskFull } || DiskErrors.IsFull(e) =>
            (507, ErrorCodes.DiskFull, "The server's disk is full. Try again later."),
        ServerException or AcquireException => (422, ((LibrettoException)e).Code, PublicMessages.Of(e.Message)),
        LyricsFormatException known => (known.Kind == ErrorKind.Usage ? 404 : 422, known.Code, known.Message),
        StorageException => (503, "store_unavailable", "The server's store cannot be used now. Try again later."),
        ToolException => (503, "tool_unavailable", "A program the server needs is missing. Its log says which."),
        ModelException known => (503, known.Code, "A model the server needs is missing. Its log says which."),
        AudioException => (415, "not_audio", "This is not audio that can be read. Check that it is a song and was sent to its end."),
        _ when DatabaseErrors.IsTrouble(e) =>
            (503, "database_unavailable", "The server's database cannot be used now. Try again in a moment."),
        _ => (500, "internal_error", "Something went wrong inside the server. Its log has the details."),
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
