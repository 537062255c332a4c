using System.Collections.Concurrent;
using Libretto.Align;
using Libretto.Models;
using Libretto.Settings;
using Libretto.Transcribe;

namespace Libretto.Pipeline;

/// <summary>
/// Chooses the recogniser for a song: the model that was asked for, else the best Whisper model that is installed, else
/// Moonshine, which is fetched when it is missing and knows English only. A song known not to be English never gets there.
/// </summary>
internal sealed class EngineSelector(ModelStore models, SpeechEngines engines, LibrettoSettings settings)
{
    private const string English = "en";

    private readonly ConcurrentDictionary<string, ITranscriber> _ready = new(StringComparer.Ordinal);

    /// <summary>The engine for a song, its model fetched if it must be.</summary>
    /// <exception cref="LibrettoException">No installed model fits, a name is unknown, or the model cannot be fetched.</exception>
    public async Task<EngineChoice> SelectAsync(SongRequest request, IProgress<ModelProgress> progress, CancellationToken cancellationToken)
    {
        var language = LanguageOf(request);
        var plan = Plan(EngineOf(request), request.Model ?? settings.Model, language);
        var folder = await models.EnsureAsync(plan.Model, progress, cancellationToken);
        return new EngineChoice(_ready.GetOrAdd(folder, engines.Create), folder, language, plan.Notice);
    }

    /// <summary>Which model, and what the user should know of the choice.</summary>
    private (string Model, string Notice) Plan(ModelKind? engine, string? asked, string? language)
    {
        if (asked is not null)
            return (asked, Chosen(asked, engine, language));
        if (engine is null or ModelKind.Whisper && BestWhisper() is { } best)
            return (best, $"{best}: the best model installed.");
        if (engine == ModelKind.Whisper)
            throw PipelineException.NoWhisper();
        if (language is not (null or English))
            throw engine is null ? PipelineException.LanguageNeedsModel(language) : PipelineException.MoonshineIsEnglish(language);
        return (ModelCatalogue.DefaultSpeechModel, MoonshineNotice(ModelCatalogue.DefaultSpeechModel, language));
    }

    private string Chosen(string asked, ModelKind? engine, string? language)
    {
        var kind = models.Find(asked) is { } folder ? SpeechEngines.KindOf(folder) : ModelCatalogue.Find(asked)?.Kind;
        if (kind is null && models.Find(asked) is null)
            return asked; // Unknown: the store says so.
        if (kind is not (ModelKind.Moonshine or ModelKind.Whisper))
            throw PipelineException.NotSpeech(asked);
        if (engine is not null && engine != kind)
            throw PipelineException.ModelDoesNotFit(asked, engine.Value.ToString().ToLowerInvariant());
        if (kind == ModelKind.Whisper)
            return $"{asked}: as asked for.";
        return language is null or English ? MoonshineNotice(asked, language) : throw PipelineException.MoonshineIsEnglish(language);
    }

    private static string MoonshineNotice(string model, string? language) => language is English
        ? $"{model}: the default for English. 'libretto models pull whisper-base' gets a model with better words."
        : $"{model}: English is assumed, the only language it knows. For any other: libretto models pull whisper-base";

    /// <summary>What times given lyrics: the Whisper model chosen, else the best one installed.</summary>
    /// <exception cref="PipelineException">None is installed.</exception>
    public AlignerChoice Aligner(EngineChoice choice)
    {
        var folder = SpeechEngines.KindOf(choice.Folder) == ModelKind.Whisper ? choice.Folder
            : BestWhisper() is { } best ? models.Find(best) : null;
        return new AlignerChoice(engines.CreateAligner(folder ?? throw PipelineException.LyricsNeedWhisper()), folder);
    }

    /// <summary>The installed Whisper model with the best words; the catalogue says which are good.</summary>
    private string? BestWhisper() =>
        s_bestFirst.FirstOrDefault(name => models.Find(name) is not null);

    private static readonly string[] s_bestFirst =
        ["whisper-large-v3-turbo", "whisper-medium", "whisper-small", "whisper-base", "whisper-tiny"];

    private ModelKind? EngineOf(SongRequest request) => (request.Engine ?? settings.Engine).ToLowerInvariant() switch
    {
        LibrettoSettings.Auto => null,
        "moonshine" => ModelKind.Moonshine,
        "whisper" => ModelKind.Whisper,
        var other => throw PipelineException.UnknownEngine(other),
    };

    private string? LanguageOf(SongRequest request)
    {
        var language = request.Language ?? settings.Language;
        return string.Equals(language, LibrettoSettings.Auto, StringComparison.OrdinalIgnoreCase)
            ? null
            : Languages.Find(language) ?? throw PipelineException.UnknownLanguage(language);
    }
}

/// <summary>The engine chosen for a song.</summary>
/// <param name="Transcriber">The engine.</param>
/// <param name="Folder">Its model.</param>
/// <param name="Language">The language's code; null when the engine is to find out.</param>
/// <param name="Notice">Which model and why, a sentence.</param>
internal sealed record EngineChoice(ITranscriber Transcriber, string Folder, string? Language, string Notice)
{
    /// <summary>Tells it from every engine that may give other words.</summary>
    public string Identity => $"{Transcriber.Name} {ModelIdentity.Of(Folder)}";
}

/// <summary>What times given lyrics.</summary>
/// <param name="Aligner">It.</param>
/// <param name="Folder">Its model.</param>
internal sealed record AlignerChoice(LyricsAligner Aligner, string Folder)
{
    /// <summary>Tells it from every aligner that may give other times.</summary>
    public string Identity => ModelIdentity.Of(Folder);
}
