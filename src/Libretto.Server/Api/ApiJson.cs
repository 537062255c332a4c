using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Server.Api.Intake;
using Libretto.Server.Api.OpenAi;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;

namespace Libretto.Server.Api;

/// <summary>The API's JSON: snake_case, nothing for null, no fields it does not know.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(JobOptions))]
[JsonSerializable(typeof(ExportOptions))]
[JsonSerializable(typeof(LinkPost))]
[JsonSerializable(typeof(ListPost))]
[JsonSerializable(typeof(ListView))]
[JsonSerializable(typeof(ListsView))]
[JsonSerializable(typeof(SongName))]
[JsonSerializable(typeof(SongAgain))]
[JsonSerializable(typeof(StepsView))]
[JsonSerializable(typeof(WorkersView))]
[JsonSerializable(typeof(UsageView))]
[JsonSerializable(typeof(WebhookView))]
[JsonSerializable(typeof(WebhookSecretView))]
[JsonSerializable(typeof(OpenAiText))]
[JsonSerializable(typeof(OpenAiVerbose))]
[JsonSerializable(typeof(OpenAiDelta))]
[JsonSerializable(typeof(OpenAiDone))]
[JsonSerializable(typeof(OpenAiModels))]
[JsonSerializable(typeof(OpenAiModel))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>With apostrophes and accents as people write them: none of it stands in a page of HTML.</summary>
    public static ApiJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Gives the framework's own reading and writing the same rules.</summary>
    public static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.Encoder = Readable.Options.Encoder;
        json.TypeInfoResolverChain.Insert(0, Default);
    }
}
