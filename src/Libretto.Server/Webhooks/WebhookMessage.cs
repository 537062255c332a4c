using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;

namespace Libretto.Server.Webhooks;

/// <summary>What a receiver is sent.</summary>
/// <param name="Event">job.completed, job.failed or job.cancelled.</param>
/// <param name="Delivery">The same for every attempt to tell of the same end: receivers drop what they have seen.</param>
/// <param name="Job">The job as the API gives it.</param>
internal sealed record WebhookMessage(string Event, string Delivery, JobView Job)
{
    public static WebhookMessage Of(Job job, string basePath) =>
        new($"job.{job.Status}", $"{job.Id}.{job.Revision}", JobView.Of(job, basePath));

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, WebhookJson.Readable.WebhookMessage);
}

/// <summary>JSON as the API's: snake_case, nothing for null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookMessage))]
internal sealed partial class WebhookJson : JsonSerializerContext
{
    /// <summary>With apostrophes and accents as people write them.</summary>
    public static WebhookJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
