using System.Collections.Concurrent;
using Libretto.Align;
using Libretto.Models;
using Libretto.Settings;
using Libretto.Transcribe;

namespace Libretto.Pipeline.Engines;

/// <summary>
/// Chooses the recognisers for a song, in order: the one that was asked for; else the hosted engines that are configured, and behind
/// them the best Whisper model that is installed, else whisper-base, which is fetched by itself, else (the hub cannot be reached, or is
/// not to be asked) Moonshine, which knows English only. A song known not to be English never gets there.
/// </summary>
internal sealed class EngineSelector(ModelStore models, SpeechEngines engines, HostedEngines hosted, LibrettoSettings settings)
{
    private const string English = "en";

    private readonly ConcurrentDictionary<string, ITranscriber> _ready = new(StringComparer.Ordinal);

    /// <summary>The engine for a song, its model fetched if it must be, and those that take over should it fail.</summary>
    /// <param name="request">The song and what is wanted of it.</param>
    /// <param name="fetching">How what is fetched on the way is told.</param>
    /// <param name="cancellationToken">Stops a download; what has come stays for the next time.</param>
    /// <exception cref="LibrettoException">No installed model fits, a name is unknown, a key is missing, or the model cannot be
    /// fetched.</exception>
    public async Task<EngineChoice> SelectAsync(SongRequest request, Fetching fetching, CancellationToken cancellationToken)
    {
        var language = LanguageOf(request);
        var engine = request.Engine ?? settings.Engine;
        var model = request.Model ?? settings.Model;
        if (hosted.Find(engine) is { } named)
            return Hosted(named with { Model = model ?? named.Model }, request, language,
                $"as asked for. The song goes to {named.Address.Host}.");

        var kind = KindOf(engine);
        Func<CancellationToken, Task<EngineChoice>> local = token => LocalAsync(kind, model, language, fetching, token);
        // Beams are Whisper's on this machine.
        if (kind is not null || model is not null || request.BeamSize > 1 || !hosted.Automatic.Any())
            return await local(cancellationToken);

        var order = hosted.Automatic.Select(found => Hosted(found, request, language, WhyHosted(found))).ToList();
        // For a second opinion nothing is fetched.
        if (BestWhisper() is not null || (language is null or English && models.Find(ModelCatalogue.SmallSpeechModel) is not null))
            order = order.ConvertAll(choice => choice with { SecondOpinion = local });
        var others = order.Skip(1).Select(choice => (Func<CancellationToken, Task<EngineChoice>>)(_ => Task.FromResult(choice)));
        return order[0] with { Others = CanPlan(kind, language) ? [.. others, local] : [.. others] };
    }

    /// <summary>What would be chosen for a song of which nothing is known.</summary>
    public async Task<EngineForecast> ForecastAsync(CancellationToken cancellationToken)
    {
        if (IsHosted(new SongRequest("")))
            return new EngineForecast((hosted.Find(settings.Engine) ?? hosted.Automatic.First()).Name, IsHosted: true, IsHere: true, null);
        var kind = KindOf(settings.Engine);
        if (settings.Model is { } model)
            return Here(model, null);
        if (kind != ModelKind.Moonshine && BestWhisper() is { } best)
            return Here(best, null);
        if (kind == ModelKind.Moonshine || settings.Fetch != LibrettoSettings.FetchDefault)
            return Here(kind == ModelKind.Whisper ? ModelCatalogue.DefaultSpeechModel : ModelCatalogue.SmallSpeechModel, null);
        return await models.TroubleAsync(ModelCatalogue.DefaultSpeechModel, cancellationToken) is { } trouble
            ? Here(ModelCatalogue.SmallSpeechModel, trouble)
            : Here(ModelCatalogue.DefaultSpeechModel, null);
    }

    private EngineForecast Here(string model, string? trouble) => new(model, IsHosted: false, models.Find(model) is not null, trouble);

    /// <summary>Whether the first to be asked is hosted.</summary>
    public bool IsHosted(SongRequest request)
    {
        var engine = request.Engine ?? settings.Engine;
        return hosted.Find(engine) is not null ||
            (KindOf(engine) is null && (request.Model ?? settings.Model) is null && !(request.BeamSize > 1) && hosted.Automatic.Any());
    }

    private EngineChoice Hosted(HostedEngine engine, SongRequest request, string? language, string why)
    {
        var transcriber = hosted.Open(request.Translate ? engine with { Model = engine.TranslationModel ?? engine.Model } : engine);
        return new EngineChoice(transcriber, null, language, $"{transcriber.Name}: {why}");
    }

    private static string WhyHosted(HostedEngine engine) =>
        $"{(engine.KeyVariable is { } key ? $"{key} is set" : "it is configured")}, so the song goes to " +
            $"{engine.Address.Host}. '--local' keeps it here.";

    /// <summary>
    /// Fetches what times given lyrics, where no engine at hand does; that it could not be had is told when it is needed.
    /// </summary>
    public async Task PrepareAlignerAsync(EngineChoice choice, Fetching fetching, CancellationToken cancellationToken)
    {
        if (FindAligner(choice) is null && settings.Fetch == LibrettoSettings.FetchDefault)
            await OfferAsync(fetching, "given lyrics are timed by it", cancellationToken);
    }

    /// <summary>A model of this machine, fetched if it must be, and what the user should know of the choice.</summary>
    private async Task<EngineChoice> LocalAsync(
        ModelKind? kind, string? asked, string? language, Fetching fetching, CancellationToken cancellationToken)
    {
        var (model, notice) = Installed(kind, asked, language) ?? await FirstAsync(kind, language, fetching, cancellationToken);
        var folder = await models.EnsureAsync(model, fetching.Progress, cancellationToken);
        return new EngineChoice(_ready.GetOrAdd(folder, engines.Create), folder, language, notice);
    }

    /// <summary>What was asked for or is here already; null when it is for Libretto to fetch something.</summary>
    private (string Model, string Notice)? Installed(ModelKind? engine, string? asked, string? language)
    {
        if (asked is not null)
            return (asked, Chosen(asked, engine, language));
        if (engine is null or ModelKind.Whisper && BestWhisper() is { } best)
            return (best, $"{best}: the best model installed.");
        return engine == ModelKind.Moonshine || (engine is null && settings.Fetch != LibrettoSettings.FetchDefault)
            ? Small(engine, language, null) : null;
    }

    private async Task<(string Model, string Notice)> FirstAsync(
        ModelKind? engine, string? language, Fetching fetching, CancellationToken cancellationToken)
    {
        if (settings.Fetch != LibrettoSettings.FetchDefault)
            throw PipelineException.NoWhisper();
        const string Model = ModelCatalogue.DefaultSpeechModel;
        var offer = await OfferAsync(fetching, "no speech model is installed yet", cancellationToken);
        if (offer.Folder is not null)
            return (Model, $"{Model}: fetched once, used from now on.");
        return engine == ModelKind.Whisper ? throw PipelineException.NotFetched(Model, offer.Trouble!)
            : Small(engine, language, offer.Trouble);
    }

    private Task<ModelOffer> OfferAsync(Fetching fetching, string why, CancellationToken cancellationToken) => models.OfferAsync(
        ModelCatalogue.DefaultSpeechModel,
        entry => fetching.Notice(
            $"Fetching {entry.Name} once ({entry.DownloadBytes / 1_000_000} MB): {why}. '--engine moonshine' does without " +
            "(English only); LIBRETTO_FETCH=never fetches nothing."),
        fetching.Progress,
        cancellationToken);

    /// <summary>Moonshine, for English.</summary>
    /// <param name="engine">The engine asked for; null when none was.</param>
    /// <param name="language">The song's language; null when it is unknown.</param>
    /// <param name="trouble">Why nothing better could be fetched; null when nothing was to be.</param>
    private static (string Model, string Notice) Small(ModelKind? engine, string? language, string? trouble)
    {
        const string Model = ModelCatalogue.SmallSpeechModel;
        if (language is null or English)
            return (Model, MoonshineNotice(Model, language, trouble));
        if (trouble is not null)
            throw PipelineException.NotFetched(ModelCatalogue.DefaultSpeechModel, trouble, language);
        throw engine is null ? PipelineException.LanguageNeedsModel(language) : PipelineException.MoonshineIsEnglish(language);
    }

    private bool CanPlan(ModelKind? kind, string? language) =>
        kind is null && (settings.Fetch == LibrettoSettings.FetchDefault || language is null or English || BestWhisper() is not null);

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
        return language is null or English ? MoonshineNotice(asked, language, null) : throw PipelineException.MoonshineIsEnglish(language);
    }

    private static string MoonshineNotice(string model, string? language, string? trouble)
    {
        var serves = trouble is null
            ? "" : $"{ModelCatalogue.DefaultSpeechModel} could not be fetched ({trouble.TrimEnd('.')}), so {model} serves. ";
        return serves + (language is English
            ? $"{model}: for English, with many wrong words on dense mixes. Better words, once: libretto models pull whisper-base"
            : $"{model}: English is assumed, the only language it knows. For any other, and for better words: libretto models pull " +
                $"whisper-base");
    }

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

    /// <summary>
    /// What can listen again, on this machine, to passages that this one may have invented; null where nothing here can or may.
    /// </summary>
    public Func<CancellationToken, Task<EngineChoice>>? SecondOpinion { get; init; }

    /// <summary>Whether the engine takes the song for English although nobody said so, because it knows nothing else.</summary>
    public bool AssumesEnglish => Language is null && Folder is not null && SpeechEngines.KindOf(Folder) == ModelKind.Moonshine;

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

/// <summary>How what is fetched on the way is told.</summary>
/// <param name="Notice">A sentence, before the download begins.</param>
/// <param name="Progress">How far it is.</param>
internal sealed record Fetching(Action<string> Notice, IProgress<ModelProgress> Progress);
