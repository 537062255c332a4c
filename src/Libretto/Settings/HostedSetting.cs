using System.Text.Json;

namespace Libretto.Settings;

/// <summary>
/// The setting that adds hosted engines or changes known ones: a JSON object with a member for each engine, such as
/// <c>{ "speaches": { "url": "http://10.0.0.5:8000/v1", "model": "large-v3" }, "openai": { "automatic": true } }</c>.
/// </summary>
internal static class HostedSetting
{
    private static readonly JsonDocumentOptions s_lenient = new() { AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The engines with what the text says of them; engines it does not know come last.</summary>
    /// <exception cref="FormatException">The text is not understood; says what is expected.</exception>
    public static IReadOnlyList<HostedEngine> Apply(IReadOnlyList<HostedEngine> engines, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, s_lenient);
            return json.RootElement.EnumerateObject().Aggregate(engines, Apply);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(
                "give JSON such as {\"mine\": {\"url\": \"http://10.0.0.5:8000/v1\", \"model\": \"large-v3\"}}; docs/engines.md has the " +
                    "rest");
        }
    }

    /// <summary>A key as it goes into a header, without the white space around it.</summary>
    /// <exception cref="FormatException">It holds what no key does, as when it was copied with more than itself.</exception>
    public static string Key(string text)
    {
        var key = text.Trim();
        var trouble = key.Any(char.IsControl) ? "a line break or another control character"
            : key.Any(char.IsWhiteSpace) ? "a space"
            : key.Any(c => c is '"' or '\'' or '`' or '\u00AB' or '\u00BB' or (>= '\u2018' and <= '\u201F')) ? "quotes"
            : key.Any(c => !char.IsAscii(c)) ? "a character beyond ASCII"
            : null;
        return trouble is null ? key : throw new FormatException(
            $"it holds {trouble}, which no key does. Copy the key again, and nothing but the key");
    }

    private static IReadOnlyList<HostedEngine> Apply(IReadOnlyList<HostedEngine> engines, JsonProperty member)
    {
        var name = member.Name.ToLowerInvariant();
        if (name is LibrettoSettings.Auto or "whisper" or "moonshine" ||
            name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_'))
            throw new FormatException($"'{member.Name}' cannot be the name of a hosted engine");
        var known = engines.FirstOrDefault(engine => engine.Name == name);
        var fields = member.Value.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
        if (known is null && !(fields.ContainsKey("url") && fields.ContainsKey("model")))
            throw new FormatException($"'{name}' wants at least a url and a model");
        var engine = fields.Aggregate(known ?? new HostedEngine(name, new Uri("http://unset/"), ""), Apply);
        return known is null ? [.. engines, engine] : [.. engines.Select(other => other == known ? engine : other)];
    }

    private static HostedEngine Apply(HostedEngine engine, KeyValuePair<string, JsonElement> field)
    {
        var (name, value) = field;
        var limits = engine.Limits;
        return name switch
        {
            "url" => engine with { Address = Address(value.GetString()!) },
            "model" => engine with { Model = value.GetString()! },
            "translation-model" => engine with { TranslationModel = value.GetString() },
            "key-variable" => engine with { KeyVariable = value.GetString(), Key = null },
            "automatic" => engine with { IsAutomatic = value.GetBoolean() },
            "max-megabytes" => engine with { MaxMegabytes = Positive(name, value) },
            "dollars-an-hour" => engine with { DollarsAnHour = Positive(name, value) },
            "least-billed-seconds" => engine with { LeastBilledSeconds = Positive(name, value) },
            "requests-a-minute" => engine with { Limits = limits with { RequestsAMinute = Whole(name, value) } },
            "requests-a-day" => engine with { Limits = limits with { RequestsADay = Whole(name, value) } },
            "audio-seconds-an-hour" => engine with { Limits = limits with { AudioSecondsAnHour = Limit(name, value) } },
            "audio-seconds-a-day" => engine with { Limits = limits with { AudioSecondsADay = Limit(name, value) } },
            _ => throw new FormatException($"'{name}' means nothing for a hosted engine; docs/engines.md lists what does"),
        };
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? uri
            : throw new FormatException($"'{text}' is no web address such as https://api.groq.com/openai/v1");

    private static double Positive(string name, JsonElement value) =>
        value.GetDouble() is >= 0 and var number ? number : throw new FormatException($"{name} takes a number from 0");

    private static double? Limit(string name, JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : Positive(name, value);

    private static int? Whole(string name, JsonElement value) => (int?)Limit(name, value);
}
