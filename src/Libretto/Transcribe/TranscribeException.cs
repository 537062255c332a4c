namespace Libretto.Transcribe;

/// <summary>Recognition cannot start or go on.</summary>
public sealed class TranscribeException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public TranscribeException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static TranscribeException LanguageNotSpoken(string engine, string language) => new(
        ErrorKind.Usage, "language_unsupported",
        $"{engine} does not know the language '{language}'. Run 'libretto models pull whisper-base' and add '--engine whisper', " +
        "or leave the language out.");

    internal static TranscribeException OptionNotSupported(string engine, string option) => new(
        ErrorKind.Usage, "option_unsupported",
        $"{engine} cannot {option}. Use '--engine whisper' (after 'libretto models pull whisper-base') or leave the option out.");
}
