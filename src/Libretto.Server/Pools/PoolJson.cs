using System.Text.Json.Serialization;

namespace Libretto.Server.Pools;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WebhookOrder))]
[JsonSerializable(typeof(List<FlyMachine>))]
[JsonSerializable(typeof(FlyLeaseRequest))]
[JsonSerializable(typeof(FlyLease))]
internal sealed partial class PoolJson : JsonSerializerContext;
