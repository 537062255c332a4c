using System.Text.Json.Serialization;

namespace Libretto.Storage.Cloudinary;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CloudinaryResource))]
[JsonSerializable(typeof(CloudinaryPage))]
[JsonSerializable(typeof(CloudinaryResult))]
[JsonSerializable(typeof(CloudinaryError))]
internal sealed partial class CloudinaryJson : JsonSerializerContext;

/// <summary>A piece of content as the admin API describes it.</summary>
internal sealed record CloudinaryResource(string PublicId, long Bytes, CloudinaryResourceContext? Context);

internal sealed record CloudinaryResourceContext(IReadOnlyDictionary<string, string>? Custom);

/// <summary>A page of a listing.</summary>
internal sealed record CloudinaryPage(IReadOnlyList<CloudinaryResource>? Resources, string? NextCursor);

/// <summary>What an upload, a removal or a ping answers.</summary>
internal sealed record CloudinaryResult(string? Result, string? Status, string? PublicId, long? Bytes, string? Etag);

internal sealed record CloudinaryError(CloudinaryErrorMessage? Error);

internal sealed record CloudinaryErrorMessage(string? Message);
