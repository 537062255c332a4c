using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Data;

/// <summary>JSON of the table's own columns: snake_case, nothing for null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobOptions))]
[JsonSerializable(typeof(ExportOptions))]
[JsonSerializable(typeof(IReadOnlyList<JobStep>))]
[JsonSerializable(typeof(IReadOnlyList<WebhookAttempt>))]
internal sealed partial class JobJson : JsonSerializerContext
{
    public static string Write(JobOptions options) => JsonSerializer.Serialize(options, Default.JobOptions);

    public static JobOptions ReadOptions(string json) => JsonSerializer.Deserialize(json, Default.JobOptions)!;

    public static string Write(IReadOnlyList<WebhookAttempt> attempts) =>
        JsonSerializer.Serialize(attempts, Default.IReadOnlyListWebhookAttempt);

    public static IReadOnlyList<WebhookAttempt> ReadAttempts(string json) =>
        JsonSerializer.Deserialize(json, Default.IReadOnlyListWebhookAttempt)!;

    public static string Write(IReadOnlyList<JobStep> steps) => JsonSerializer.Serialize(steps, Default.IReadOnlyListJobStep);

    public static IReadOnlyList<JobStep> ReadSteps(string json) => JsonSerializer.Deserialize(json, Default.IReadOnlyListJobStep)!;
}
