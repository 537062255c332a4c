namespace Libretto.Pipeline;

/// <summary>The stages cannot be put together for what is asked.</summary>
public sealed class PipelineException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public PipelineException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static PipelineException UnknownLanguage(string language) => new(
        ErrorKind.Usage, "language_unknown",
        $"'{language}' is no language Libretto knows. Give a tag, code or name, such as pt-BR, es or Spanish, or auto.");

    internal static PipelineException UnknownEngine(string engine, IEnumerable<string> hosted) => new(
        ErrorKind.Usage, "engine_unknown",
        $"'{engine}' is no engine Libretto knows. Choose one of auto, moonshine, whisper, {string.Join(", ", hosted)}.");

    internal static PipelineException NothingLeaves(string engine) => new(
        ErrorKind.Usage, "engine_not_local",
        $"{engine} works elsewhere, and '--local' lets no song leave this machine. Leave one of the two out.");

    internal static PipelineException LanguageNeedsModel(string language) => new(
        ErrorKind.Missing, ErrorCodes.ModelMissing,
        $"No installed model knows the language '{language}'. Fetch one with: libretto models pull whisper-base");

    internal static PipelineException NoWhisper() => new(
        ErrorKind.Missing, ErrorCodes.ModelMissing, "No Whisper model is installed. Fetch one with: libretto models pull whisper-base");

    internal static PipelineException NotFetched(string model, string trouble, string? language = null) => new(
        ErrorKind.Missing, ErrorCodes.ModelMissing,
        (language is null ? "No Whisper model is installed" : $"No installed model knows the language '{language}'") +
        $", and {model} could not be fetched: {trouble.TrimEnd('.')}. Try again with 'libretto models pull {model}'; behind a proxy set " +
            $"HTTPS_PROXY, with a mirror HF_ENDPOINT.");

    internal static PipelineException LyricsNeedWhisper() => new(
        ErrorKind.Missing, ErrorCodes.ModelMissing,
        "Timing lyrics that are known takes a Whisper model, and none is installed. Fetch one with: libretto models pull whisper-base");

    internal static PipelineException AlignerMissing(string name) => new(
        ErrorKind.Missing, ErrorCodes.ModelMissing,
        $"The network {name} that is to time words is not here. Fetch it with 'libretto models pull {name}', or name a folder.");

    internal static PipelineException ModelDoesNotFit(string model, string engine) => new(
        ErrorKind.Usage, "model_unfit",
        $"The model {model} is not one for {engine}. Choose another of 'libretto models list', or leave the engine out.");

    internal static PipelineException NotSpeech(string model) => new(
        ErrorKind.Usage, "model_unfit", $"The model {model} does not recognise words. Choose a speech model of 'libretto models list'.");

    internal static PipelineException NotSeparation(string model) => new(
        ErrorKind.Usage, "model_unfit",
        $"The model {model} does not separate vocals. Choose a separation model of 'libretto models list', such as spleeter-2stems.");

    internal static PipelineException MoonshineIsEnglish(string language) => new(
        ErrorKind.Usage, "language_unsupported",
        $"Moonshine knows English only, not '{language}'. Fetch a model that does with 'libretto models pull whisper-base', " +
        "and use the engine whisper or auto.");
}
