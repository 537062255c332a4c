using System.Collections.Concurrent;
using Libretto.Align;
using Libretto.Models;
using Libretto.Settings;
using Libretto.Transcribe;

namespace Libretto.Pipeline.Engines;

/// <summary>
/// Chooses the recognisers for a song, in order: the one that was asked for; else the hosted engines that are configured, and behind
/// them the best Whisper model that is installed, else Moonshine, which is fetched when it is missing and knows English only. A song
/// known not to be English never gets there.
/// </summary>
internal sealed class EngineSelector(ModelStore models, SpeechEngines engines, HostedEngines hosted, LibrettoSettings settings)
{
    private const string English = "en";

    private readonly ConcurrentDictionary<string, ITranscriber> _ready = new(StringComparer.Ordinal);

    /// <summary>The engine for a song, its model fetched if it must be, and those that take over should it fail.</summary>
    /// <exception cref="LibrettoException">No installed model fits, a name is unknown, a key is missing, or the model cannot be fetched.</exception>
    public async Task<EngineChoice> SelectAsync(SongRequest request, IProgress<ModelProgress> progress, CancellationToken cancellationToken)
    {
        var language = LanguageOf(request);
        var engine = request.Engine ?? settings.Engine;
        var model = request.Model ?? settings.Model;
        if (hosted.Find(engine) is { } named)
            return Hosted(named with { Model = model ?? named.Model }, request, language, $"as asked for. The song goes to {named.Address.Host}.");

        var kind = KindOf(engine);
        Func<CancellationToken, Task<EngineChoice>> local = token => LocalAsync(Plan(kind, model, language), language, progress, token);
        // Beams are Whisper's on this machine.
        if (kind is not null || model is not null || request.BeamSize != 1 || !hosted.Automatic.Any())
            return await local(cancellationToken);

        var order = hosted.Automatic.Select(found => Hosted(found, request, language, WhyHosted(found))).ToList();
        if (CanPlan(kind, language) && models.Find(Plan(kind, null, language).Model) is not null)
            order = order.ConvertAll(choice => choice with { SecondOpinion = local });
        var others = order.Skip(1).Select(choice => (Func<CancellationToken, Task<EngineChoice>>)(_ => Task.FromResult(choice)));
        return order[0] with { Others = CanPlan(kind, language) ? [.. others, local] : [.. others] };
    }

    /// <summary>Whether the first to be asked is hosted.</summary>
    public bool IsHosted(SongRequest request)
    {
        var engine = request.Engine ?? settings.Engine;
        return hosted.Find(engine) is not null ||
            (KindOf(engine) is null && (request.Model ?? settings.Model) is null && request.BeamSize == 1 && hosted.Automatic.Any());
    }

    private EngineChoice Hosted(HostedEngine engine, SongRequest request, string? language, string why)
    {
        var transcriber = hosted.Open(request.Translate ? engine with { Model = engine.TranslationModel ?? engine.Model } : engine);
        return new EngineChoice(transcriber, null, language, $"{transcriber.Name}: {why}");
    }

    private static string WhyHosted(HostedEngine engine) =>
        $"{(engine.KeyVariable is { } key ? $"{key} is set" : "it is configured")}, so the song goes to {engine.Address.Host}. '--local' keeps it here.";

    private async Task<EngineChoice> LocalAsync(
        (string Model, string Notice) plan, string? language, IProgress<ModelProgress> progress, CancellationToken cancellationToken)
    {
        var folder = await models.EnsureAsync(plan.Model, progress, cancellationToken);
        return new EngineChoice(_ready.GetOrAdd(folder, engines.Create), folder, language, plan.Notice);
    }

    private bool CanPlan(ModelKind? kind, string? language)
    {
        try
        {
            Plan(kind, null, language);
            return true;
        }
        catch (PipelineException)
        {
            return false;
        }
    }

    /// <summary>Which model of this machine, and what the user should know of the choice.</summary>
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
    public AlignerChoice Aligner(EngineChoice choice) => FindAligner(choice) ?? throw PipelineException.LyricsNeedWhisper();

    /// <summary>The same; null when none is installed.</summary>
    public AlignerChoice? FindAligner(EngineChoice choice)
    {
        var folder = choice.Folder is { } chosen && SpeechEngines.KindOf(chosen) == ModelKind.Whisper ? chosen
            : BestWhisper() is { } best ? models.Find(best) : null;
        return folder is null ? null : new AlignerChoice(engines.CreateAligner(folder), folder);
    }

    /// <summary>The installed Whisper model with the best words; the catalogue says which are good.</summary>
    private string? BestWhisper() =>
        s_bestFirst.FirstOrDefault(name => models.Find(name) is not null);

    private static readonly string[] s_bestFirst =
        ["whisper-large-v3-turbo", "whisper-medium", "whisper-small", "whisper-base", "whisper-tiny"];

    /// <summary>The kind of model that an engine's name means; null for any.</summary>
    private ModelKind? KindOf(string engine) => engine.ToLowerInvariant() switch
    {
        LibrettoSettings.Auto => null,
        "moonshine" => ModelKind.Moonshine,
        "whisper" => ModelKind.Whisper,
        var other => throw PipelineException.UnknownEngine(other, hosted.Names),
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
/// <param name="Folder">Its model; null for one that is hosted elsewhere.</param>
/// <param name="Language">The language's code; null when the engine is to find out.</param>
/// <param name="Notice">Which model and why, a sentence.</param>
internal sealed record EngineChoice(ITranscriber Transcriber, string? Folder, string? Language, string Notice)
{
    /// <summary>Tells it from every engine that may give other words.</summary>
    public string Identity => $"{Transcriber.Name} {(Folder is null ? "hosted" : ModelIdentity.Of(Folder))}";

    /// <summary>What can listen again, on this machine, to passages that this one may have invented; null where nothing here can or may.</summary>
    public Func<CancellationToken, Task<EngineChoice>>? SecondOpinion { get; init; }

    /// <summary>What takes over should this one fail, in order; each is fetched and made ready only then.</summary>
    public IReadOnlyList<Func<CancellationToken, Task<EngineChoice>>> Others { get; init; } = [];
}

/// <summary>What times given lyrics.</summary>
/// <param name="Aligner">It.</param>
/// <param name="Folder">Its model.</param>
internal sealed record AlignerChoice(LyricsAligner Aligner, string Folder)
{
    /// <summary>Tells it from every aligner that may give other times.</summary>
    public string Identity => ModelIdentity.Of(Folder);
}
