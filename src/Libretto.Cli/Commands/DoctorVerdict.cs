using System.Globalization;
using Libretto.Models;
using Libretto.Pipeline;
using Libretto.Settings;

namespace Libretto.Cli.Commands;

/// <summary>What this machine will do with a song, and the one command that makes it better. Figures: docs/measurements.md.</summary>
internal static class DoctorVerdict
{
    private const int SongSeconds = 180;
    private const long Megabyte = 1_000_000;
    private const int WhisperBase = 780, MoonshineTiny = 360; // the most they take, in MB

    /// <summary>What is known of an engine.</summary>
    /// <param name="Words">How good its words are.</param>
    /// <param name="Speed">Times real time on two cores; null where nobody measured it.</param>
    /// <param name="Memory">The most it takes, in MB; null likewise.</param>
    /// <param name="Better">What to type for a better one, and what that brings.</param>
    private sealed record Facts(string Words, double? Speed, int? Memory, string Better);

    // On four songs with dense accompaniment, whose words are hard for every engine; clear singing fares better.
    private static readonly Dictionary<string, Facts> s_known = new(StringComparer.Ordinal)
    {
        ["moonshine-tiny"] = new(
            "English only; on dense songs about 1 word of 10 is right, on clear singing most are", 15, MoonshineTiny,
            "libretto models pull whisper-base (150 MB): any language; about 4 words of 10 right on dense songs, in about the same time"),
        ["whisper-tiny"] = new("any language, with many wrong words", null, null,
            "libretto models pull whisper-base (150 MB): about 4 words of 10 right on dense songs, more on clear singing"),
        ["whisper-base"] = new(
            "any language; on dense songs about 4 words of 10 are right, more on clear singing", 30, WhisperBase,
            "libretto models pull whisper-small (490 MB): fewer wrong words (not measured on songs here), about three times slower"),
        ["whisper-small"] = new("any language, with fewer wrong words than whisper-base", 14 / 3.0, null,
            "libretto models pull whisper-large-v3-turbo (1650 MB): by far the best words, slow without many cores, about 2000 MB of " +
                "memory"),
        ["whisper-medium"] = new("any language, better than whisper-small", null, null,
            "libretto models pull whisper-large-v3-turbo (1650 MB): mostly better words, and faster"),
        ["whisper-large-v3-turbo"] = new("any language, the best words there are on this machine", null, 2000,
            "'--quality best' takes its time: vocals and mix are both transcribed"),
    };

    /// <summary>The lines.</summary>
    /// <param name="forecast">What would recognise a song.</param>
    /// <param name="settings">What was set.</param>
    /// <param name="memory">The bytes of memory that this process may use.</param>
    public static IEnumerable<string> Of(EngineForecast forecast, LibrettoSettings settings, long memory)
    {
        if (forecast.IsHosted)
        {
            yield return $"A song now goes to {forecast.Engine}, beyond this machine. '--local' keeps songs here.";
            yield break;
        }
        var facts = s_known.GetValueOrDefault(forecast.Engine);
        var fetched = forecast.IsHere ? ""
            : settings.Fetch == LibrettoSettings.FetchNever ? ", which is not here and, as LIBRETTO_FETCH says, is not fetched"
            : $", fetched at the first song{Size(forecast.Engine)}";
        yield return $"A song now is recognised by {forecast.Engine}{fetched}{(facts is null ? "" : $": {facts.Words}")}.";
        if (facts?.Speed is { } speed)
        {
            var cores = CoresOf(settings);
            yield return "A song of three minutes takes about " +
                Invariant($"{Math.Max(1, SongSeconds / (speed * cores / 2)):0} s on {cores} cores.");
        }
        if (forecast.Trouble is { } trouble)
            yield return $"The better default, {ModelCatalogue.DefaultSpeechModel}, cannot be fetched now: {trouble.TrimEnd('.')}.";
        if (MemoryLine(forecast.Engine, memory / Megabyte) is { } line)
            yield return line;
        if (facts is not null && Fits(WhisperBase, memory / Megabyte))
            yield return $"Better: {facts.Better}.";
    }

    /// <summary>Which engine fits into little memory; null where there is enough.</summary>
    private static string? MemoryLine(string engine, long megabytes)
    {
        if (megabytes >= 2500 || (s_known.GetValueOrDefault(engine)?.Memory ?? 2000) < megabytes / 2)
            return null;
        var advice = !Fits(MoonshineTiny, megabytes) ? "too little even for moonshine-tiny: use an engine on the network (GROQ_API_KEY)"
            : !Fits(WhisperBase, megabytes) ? "moonshine-tiny fits: '--engine moonshine'"
            : "whisper-base fits, larger models do not";
        return Invariant($"Of {megabytes} MB of memory whisper-base takes up to {WhisperBase}, moonshine-tiny {MoonshineTiny}: {advice}.");
    }

    // With what else runs on a machine.
    private static bool Fits(int engine, long megabytes) => megabytes >= 1.2 * engine;

    private static string Size(string model) => ModelCatalogue.Find(model) is { } entry
        ? $" ({entry.DownloadBytes / Megabyte} MB, once)" : "";

    private static int CoresOf(LibrettoSettings settings) => settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
