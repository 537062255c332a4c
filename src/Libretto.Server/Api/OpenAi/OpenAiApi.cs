using Libretto.Models;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api.OpenAi;

/// <summary>
/// <c>/v1</c>: OpenAI's transcription endpoints, so that their clients work unchanged. Each request is a job like any other; the
/// answer waits for its end, and a client that goes away cancels it.
/// </summary>
internal static class OpenAiApi
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/audio/transcriptions", (HttpContext context, Caller caller, OpenAiTranscriber transcriber, CancellationToken ct) =>
                transcriber.AnswerAsync(context, caller, translate: false, ct))
            .WithName("CreateTranscription").WithSummary("Transcribe, as OpenAI does")
            .WithDescription(
                "multipart/form-data with file, and optionally model, language, prompt, response_format (json, text, srt, vtt, " +
                "verbose_json), timestamp_granularities[] and stream (server-sent events; whisper-1 ignores it). What is not known is " +
                "ignored, and named in the header Warning.")
            .Accepts<OpenAiUpload>("multipart/form-data").Produces<OpenAiText>(200);
        v1.MapPost("/audio/translations", (HttpContext context, Caller caller, OpenAiTranscriber transcriber, CancellationToken ct) =>
                transcriber.AnswerAsync(context, caller, translate: true, ct))
            .WithName("CreateTranslation").WithSummary("Transcribe into English, as OpenAI does")
            .Accepts<OpenAiUpload>("multipart/form-data").Produces<OpenAiText>(200);
        v1.MapGet("/models", (OpenAiModelNames models) => TypedResults.Ok(
            new OpenAiModels("list", [.. models.All().Select(OpenAiModel.Of)])))
            .WithName("ListModels").WithSummary("The models, as OpenAI lists them");
        v1.MapGet("/models/{model}", Ok<OpenAiModel> (string model, OpenAiModelNames models) => models.All().Contains(model)
                ? TypedResults.Ok(OpenAiModel.Of(model))
                : throw OpenAiModelNames.Unknown(model))
            .WithName("GetModel").WithSummary("One model, as OpenAI shows it");
    }
}

/// <summary>
/// What the models are called here: OpenAI's own names, which mean the best this server has, and those of the local models.
/// </summary>
internal sealed class OpenAiModelNames(ModelStore models, ServerOptions options)
{
    /// <summary>The one model of OpenAI's that never streams.</summary>
    public const string Whisper = "whisper-1";

    private static readonly string[] s_aliases = [Whisper, "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "libretto"];

    /// <summary>The names that can be asked for now.</summary>
    public IEnumerable<string> All() =>
        s_aliases.Concat(models.List().Select(model => model.Name).Where(name => IsSpeech(ModelCatalogue.Find(name))));

    /// <summary>The model asked for in our own terms: null for OpenAI's names, which leave the choice to us.</summary>
    /// <exception cref="ApiProblem">There is no such model, or it would have to be fetched first, which takes longer than a client
    /// waits.</exception>
    public string? Find(string? name)
    {
        if (name is null || s_aliases.Contains(name, StringComparer.OrdinalIgnoreCase))
            return null;
        // What looks like a path is none of ours, and must not be looked for on this server's disk.
        if (name.AsSpan().ContainsAny('/', '\\'))
            throw Unknown(name);
        var known = ModelCatalogue.Find(name);
        if (models.Find(name) is null && !IsSpeech(known))
            throw Unknown(name);
        // Only where this process itself computes it knows what is here.
        var isHere = models.Find(name) is not null || options.FetchesForV1 || !options.EffectiveLanes.Contains(Lane.Compute);
        return isHere ? name : throw new ApiProblem(
            404, "model_not_found", $"The model '{known!.Name}' is not installed on this server. It comes with: libretto models fetch " +
                $"{known.Name}") { Param = "model" };
    }

    /// <summary>In OpenAI's words, which programs look for.</summary>
    public static ApiProblem Unknown(string name) =>
        new(404, "model_not_found",
            $"The model `{name[..Math.Min(name.Length, 100)]}` does not exist or you do not have access to it.") { Param = "model" };

    private static bool IsSpeech(ModelEntry? model) => model?.Kind is ModelKind.Moonshine or ModelKind.Whisper;
}
