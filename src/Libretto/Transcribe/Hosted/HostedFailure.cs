using System.Net;
using System.Text.Json;
using Libretto.Lyrics;

namespace Libretto.Transcribe.Hosted;

/// <summary>Tells the failures of hosted engines apart.</summary>
internal static class HostedFailure
{
    private const int LongestQuote = 200;

    /// <summary>What a refusal means.</summary>
    public static HostedException Of(HostedEngine engine, HttpResponseMessage answer, byte[] body, TimeProvider time)
    {
        var status = (int)answer.StatusCode;
        var (code, message) = Read(engine, body);
        return status switch
        {
            401 => HostedException.KeyRefused(engine, status),
            403 => HostedException.Forbidden(engine, message),
            404 => HostedException.NotFound(engine, message),
            408 => HostedException.Unavailable(engine, status, null, message),
            // Groq answers so, too, when the audio is longer than the key's quota.
            413 when code == "rate_limit_exceeded" => HostedException.QuotaTooSmall(engine, message),
            413 => HostedException.TooLarge(engine),
            429 when code == "insufficient_quota" => HostedException.OutOfCredit(engine, message),
            429 => HostedException.Limited(engine, Wait(answer, time), worthWaiting: true),
            // Groq's own: the tier's capacity is used up at the moment.
            498 or >= 500 => HostedException.Unavailable(engine, status, Wait(answer, time), message),
            >= 300 and < 400 => HostedException.WrongAddress(engine, status),
            _ => HostedException.Refused(engine, status, message),
        };
    }

    /// <summary>What a failed connection means.</summary>
    public static HostedException Of(HostedEngine engine, HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => HostedException.Insecure(engine, Innermost(failure).Message.TrimEnd('.'), failure),
        HttpRequestError.NameResolutionError => HostedException.Unreachable(engine, "its name is not known here", worthAnotherTry: false, failure),
        HttpRequestError.ConnectionError => HostedException.Unreachable(engine, "nothing answers there", worthAnotherTry: false, failure),
        HttpRequestError.ProxyTunnelError => HostedException.Unreachable(engine, "the proxy does not let it through", worthAnotherTry: false, failure),
        _ => HostedException.Unreachable(engine, "the connection was cut", worthAnotherTry: true, failure),
    };

    /// <summary>How long an answer asks to wait; null when it does not say.</summary>
    public static TimeSpan? Wait(HttpResponseMessage answer, TimeProvider time)
    {
        var told = answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date - time.GetUtcNow())
            ?? RateHeaders.Span(answer.Headers.TryGetValues("retry-after", out var values) ? values.FirstOrDefault() : null)
            ?? RateHeaders.Read(answer.Headers).Wait;
        return told is { } wait && wait < TimeSpan.Zero ? TimeSpan.Zero : told;
    }

    /// <summary>The error's code and message, if the body is one: <c>{"error":{"message":…,"code":…}}</c>.</summary>
    private static (string? Code, string? Message) Read(HostedEngine engine, byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
                return (null, null);
            return (Text(error, "code"), Quote(engine, Text(error, "message")));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    /// <summary>The engine's own words: one line, not too long, and never with the key, which some repeat.</summary>
    private static string? Quote(HostedEngine engine, string? message)
    {
        var line = WordText.Clean(message);
        if (engine.Key is { Length: > 0 } key)
            line = line.Replace(key, "…", StringComparison.Ordinal);
        return line.Length == 0 ? null : (line.Length > LongestQuote ? line[..LongestQuote] + "…" : line).TrimEnd('.');
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
