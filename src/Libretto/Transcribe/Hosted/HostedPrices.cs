namespace Libretto.Transcribe.Hosted;

/// <summary>What engines charge, as they published it; a setting of the engine wins over it.</summary>
internal static class HostedPrices
{
    /// <summary>When the prices were looked up.</summary>
    public const string Date = "2026-11";

    private static readonly Dictionary<(string Engine, string Model), double> s_dollarsAnHour = new()
    {
        [("groq", "whisper-large-v3-turbo")] = 0.04,
        [("groq", "whisper-large-v3")] = 0.111,
        [("openai", "whisper-1")] = 0.36,
    };

    /// <summary>What so many seconds of audio cost, in US dollars; null when no price is known.</summary>
    public static double? Cost(HostedEngine engine, double seconds) =>
        (engine.DollarsAnHour ?? (s_dollarsAnHour.TryGetValue((engine.Name, engine.Model), out var price) ? price : null)) is { } dollars
            ? Math.Max(seconds, engine.LeastBilledSeconds) / 3600 * dollars
            : null;
}
