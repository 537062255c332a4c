using Microsoft.Extensions.Logging;

namespace Libretto.Transcribe.Whisper;

/// <summary>What the guards did.</summary>
internal static partial class WhisperLog
{
    [LoggerMessage(1, LogLevel.Information, "Language: {Language} ({Probability:P0}), heard in {Windows} windows.")]
    public static partial void LanguageDetected(this ILogger logger, string language, double probability, int windows);

    [LoggerMessage(2, LogLevel.Information, "{Start:F1}-{End:F1} s: {Guard}.")]
    public static partial void GuardActed(this ILogger logger, double start, double end, string guard);
}
