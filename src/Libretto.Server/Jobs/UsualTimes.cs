namespace Libretto.Server.Jobs;

/// <summary>
/// Seconds for a second of audio that each stage usually takes, for the first job of a kind, which has no experience to go by. Measured on
/// two
/// cores (docs/measurements.md, "everything for a song"); the larger Whispers by the size of their networks; more cores are faster.
/// </summary>
internal static class UsualTimes
{
    private const double Cores = 2;

    // The first row that fits counts; a method's name begins with what stands here.
    private static readonly (string Stage, string Method, double Seconds, bool IsComputed)[] s_times =
    [
        ("acquire", "download", 0.05, false),
        ("acquire", "", 0.004, false),
        ("separate", "", 0.04, true),
        ("transcribe", "moonshine/", 0.06, true),
        ("transcribe", "whisper/whisper-tiny", 0.04, true),
        ("transcribe", "whisper/whisper-base", 0.06, true),
        ("transcribe", "whisper/whisper-small", 0.2, true),
        ("transcribe", "whisper/whisper-medium", 0.6, true),
        ("transcribe", "whisper/whisper-large-v3-turbo", 0.7, true),
        ("transcribe", "whisper/", 1.2, true),
        // A service's own machines.
        ("transcribe", "?", 0.04, false),
        ("align", "", 0.1, true),
        ("publish", "", 0.002, false),
    ];

    /// <summary>The usual time; null for a stage that is not known.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="method">How it is done; null while unknown: then as the usual engine.</param>
    public static double? Of(string stage, string? method)
    {
        var isHosted = stage == "transcribe" && method is { Length: > 0 } && !method.StartsWith("whisper/", StringComparison.Ordinal) &&
            !method.StartsWith("moonshine/", StringComparison.Ordinal);
        var name = isHosted ? "?" : method ?? "whisper/whisper-base";
        foreach (var (of, prefix, seconds, isComputed) in s_times)
            if (of == stage && name.StartsWith(prefix, StringComparison.Ordinal))
                return isComputed ? seconds * Cores / Math.Max(1, Environment.ProcessorCount) : seconds;
        return null;
    }
}
