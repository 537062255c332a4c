namespace Libretto.Speech;

/// <summary>A speech network cannot do what was asked: its files do not fit together, or the request is not one it knows.</summary>
public sealed class SpeechException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public SpeechException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static SpeechException NotWhisper(string folder, string reason, Exception? inner = null) => new(
        ErrorKind.Usage, "model_unsupported",
        $"The folder {folder} does not hold a Whisper model Libretto can run: {reason} " +
        "Choose a Whisper model in the transformers.js layout, such as whisper-base.",
        inner: inner);

    internal static SpeechException NotCtc(string folder, string reason, Exception? inner = null) => new(
        ErrorKind.Usage, "model_unsupported",
        $"The folder {folder} does not hold a CTC model Libretto can run: {reason} " +
        "Choose a wav2vec2 model exported to ONNX with its vocab.json, such as wav2vec2-base-960h.",
        inner: inner);

    internal static SpeechException UnknownLanguage(string language, IEnumerable<string> known) => new(
        ErrorKind.Usage, "unknown_language",
        $"The model does not know the language '{language}'. It knows: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");

    internal static SpeechException PromptTooLong(int tokens, int limit) => new(
        ErrorKind.Usage, "prompt_too_long",
        $"The prompt is {tokens} tokens long; the model reads at most {limit}. Shorten it to the names and spellings that matter.");
}
