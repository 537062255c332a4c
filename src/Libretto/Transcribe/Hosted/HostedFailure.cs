using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Transcribe.Hosted;

/// <summary>Tells the failures of hosted engines apart.</summary>
internal static partial class HostedFailure
{
    private const int LongestQuote = 200;

    /// <summary>What a refusal means.</summary>
    public static HostedException Of(HostedEngine engine, HttpResponseMessage answer, byte[] body, TimeProvider time)
    {
        var status = (int)answer.StatusCode;
        var (code, message) = Read(engine, body);
        var wait = Wait(answer, time) ?? (status == 429 ? TriedAgainIn(message) : null);
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
            429 => HostedException.Limited(engine, wait, worthWaiting: true),
            // Groq's own: the tier's capacity is used up at the moment.
            498 or >= 500 => HostedException.Unavailable(engine, status, wait, message),
            >= 300 and < 400 => HostedException.WrongAddress(engine, status),
            _ => HostedException.Refused(engine, status, message),
        };
    }

    /// <summary>What a failed connection means.</summary>
    public static HostedException Of(HostedEngine engine, HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => HostedException.Insecure(engine, Innermost(failure).Message.TrimEnd('.'), failure),
        HttpRequestError.NameResolutionError =>
            HostedException.Unreachable(engine, "its name is not known here", worthAnotherTry: false, failure),
        HttpRequestError.ConnectionError => HostedException.Unreachable(engine, "nothing answers there", worthAnotherTry: false, failure),
        HttpRequestError.ProxyTunnelError =>
            HostedException.Unreachable(engine, "the proxy does not let it through", worthAnotherTry: false, failure),
        _ => HostedException.Unreachable(engine, "the connection was cut", worthAnotherTry: true, failure),
    };

    /// <summary>How long an answer asks to wait; null when it does not say.</summary>
    public static TimeSpan? Wait(HttpResponseMessage answer, TimeProvider time)
    {
        // By the server's own clock, where it tells it: ours may be wrong.
        var now = answer.Headers.Date ?? time.GetUtcNow();
        var told = answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date - now)
            ?? RateHeaders.Span(Header(answer, "retry-after-ms") is { } milliseconds ? milliseconds + "ms" : null, now)
            ?? RateHeaders.Span(Header(answer, "retry-after"), now)
            ?? RateHeaders.Read(answer.Headers, now).Wait;
        return told is { } wait && wait < TimeSpan.Zero ? TimeSpan.Zero : told;
    }

    /// <summary>Whether the request was refused because the model gives no times, as OpenAI's gpt-4o-transcribe.</summary>
    public static bool IsAboutTimes(HttpResponseMessage answer, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        return (int)answer.StatusCode is 400 or 422 &&
            (text.Contains("response_format", StringComparison.Ordinal) ||
                text.Contains("timestamp_granularities", StringComparison.Ordinal));
    }

    /// <summary>Groq and OpenAI write it into the message too, and some proxies drop the headers.</summary>
    private static TimeSpan? TriedAgainIn(string? message) =>
        message is not null && AgainIn().Match(message) is { Success: true } match ? RateHeaders.Span(match.Groups[1].Value) : null;

    /// <summary>What an error says, if the body is one; null when it is none or says nothing.</summary>
    public static string? Message(HostedEngine engine, byte[] body) => Read(engine, body).Message;

    /// <summary>
    /// The error's code and message, if the body is one: <c>{"error":{"message":…,"code":…}}</c>, <c>{"error":…}</c>, FastAPI's
    /// <c>{"detail":…}</c> or <c>{"message":…}</c>.
    /// </summary>
    private static (string? Code, string? Message) Read(HostedEngine engine, byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement is not { ValueKind: JsonValueKind.Object } root)
                return (null, null);
            var error = root.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : root;
            var message = Text(error, "message") ?? Text(error, "error") ?? Text(error, "detail") ?? Detail(error);
            return (Text(error, "code") ?? Text(error, "type"), Quote(engine, message));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    /// <summary>FastAPI's list of what is wrong with a form's fields.</summary>
    private static string? Detail(JsonElement error) =>
        error.TryGetProperty("detail", out var list) && list.ValueKind == JsonValueKind.Array
            ? string.Join("; ", list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
                .Select(item => Text(item, "msg")))
            : null;

    /// <summary>
    /// The engine's own words: one line, not too long, without keys and without the names of the account, which are not every user's to
    /// know.
    /// </summary>
    private static string? Quote(HostedEngine engine, string? message)
    {
        var line = WordText.Clean(message);
        if (engine.Key is { Length: > 0 } key)
            line = line.Replace(key, "…", StringComparison.Ordinal);
        line = Secrets().Replace(Organization().Replace(line, ""), "…");
        return line.Length == 0 ? null : (line.Length > LongestQuote ? line[..LongestQuote] + "…" : line).TrimEnd('.');
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    [GeneratedRegex(@"\s+(?:in|on|for|of)\s+(?:the\s+)?(?:organi[sz]ation|project)\s+\W?(?:org|proj)[-_]\w+\W?(?=\s|$)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Organization();

    [GeneratedRegex(@"try again in ((?:[\d.]+[a-z]+)+)", RegexOptions.IgnoreCase)]
    private static partial Regex AgainIn();

    /// <summary>Keys, even half covered, and the ids of accounts, projects and requests.</summary>
    [GeneratedRegex(@"\b(?:gsk|sk|rk|pk|hf|xai|key|org|proj|user|acct|req|request)[-_](?=[\w*.-]*[\d*.])[\w*.-]*[\w*]{4,}",
        RegexOptions.IgnoreCase)]
    private static partial Regex Secrets();
}
