using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Libretto.Transcribe.Hosted;

/// <summary>What an answer tells of its key's limits: <c>x-ratelimit-{limit,remaining,reset}-{requests,audio-seconds}</c>.</summary>
internal sealed partial record RateHeaders
{
    /// <summary>Requests in all, and left until <see cref="RequestsReset"/>.</summary>
    public double? RequestLimit { get; init; }

    public double? RequestsLeft { get; init; }

    public TimeSpan? RequestsReset { get; init; }

    /// <summary>Seconds of audio in all, and left until <see cref="AudioReset"/>.</summary>
    public double? AudioLimit { get; init; }

    public double? AudioLeft { get; init; }

    public TimeSpan? AudioReset { get; init; }

    /// <summary>Reads them; all null where there are none.</summary>
    public static RateHeaders Read(HttpResponseHeaders headers, DateTimeOffset? now = null) => new()
    {
        RequestLimit = Number(headers, "x-ratelimit-limit-requests"),
        RequestsLeft = Number(headers, "x-ratelimit-remaining-requests"),
        RequestsReset = Span(Text(headers, "x-ratelimit-reset-requests"), now),
        AudioLimit = Number(headers, "x-ratelimit-limit-audio-seconds"),
        AudioLeft = Number(headers, "x-ratelimit-remaining-audio-seconds"),
        AudioReset = Span(Text(headers, "x-ratelimit-reset-audio-seconds"), now),
    };

    /// <summary>How long to wait by what has run out; null when nothing has.</summary>
    [JsonIgnore]
    public TimeSpan? Wait => RequestsLeft < 1 && AudioLeft < 1 ? (RequestsReset > AudioReset ? RequestsReset : AudioReset)
        : RequestsLeft < 1 ? RequestsReset
        : AudioLeft < 1 ? AudioReset
        : null;

    /// <summary>
    /// A span as these headers write it: <c>43.2s</c>, <c>1m26.4s</c>, <c>2h3m0.5s</c>, <c>120ms</c>, bare seconds, or a moment.
    /// </summary>
    /// <param name="text">The header's value.</param>
    /// <param name="now">What moments (a date, or seconds since 1970) are measured from; null where only spans are understood.</param>
    public static TimeSpan? Span(string? text, DateTimeOffset? now = null)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        if (now is { } since && Moment(text) is { } moment)
            return moment > since ? moment - since : TimeSpan.Zero;
        if (SpanForm().Match(text) is not { Success: true } match)
            return null;
        double Part(string name) => match.Groups[name] is { Success: true } part
            ? double.Parse(part.Value, CultureInfo.InvariantCulture) : 0;
        var seconds = (86_400 * Part("d")) + (3600 * Part("h")) + (60 * Part("m")) + Part("s") + (Part("ms") / 1000);
        return TimeSpan.FromSeconds(Math.Min(seconds, 1e7));
    }

    /// <summary>A date, or so many seconds since 1970 that they can be nothing else.</summary>
    private static DateTimeOffset? Moment(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number switch
            {
                > 1e9 and < 1e11 => DateTimeOffset.UnixEpoch.AddSeconds(number),
                > 1e12 and < 1e14 => DateTimeOffset.UnixEpoch.AddMilliseconds(number),
                _ => null,
            }
            : text.Contains(':', StringComparison.Ordinal) &&
                DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    private static double? Number(HttpResponseHeaders headers, string name) =>
        double.TryParse(Text(headers, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
        ? number : null;

    private static string? Text(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values)
        ? values.FirstOrDefault() : null;

    [GeneratedRegex(@"^(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m(?!s))?(?:(?<s>\d+(?:\.\d+)?)(?:s|$))?(?:(?<ms>\d+(?:\.\d+)?)ms)?$")]
    private static partial Regex SpanForm();
}
