using System.Text.Json.Serialization;

namespace Libretto.Storage;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredContent))]
internal sealed partial class StorageJson : JsonSerializerContext;
