using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Transcribe;

/// <summary>A speech recogniser that turns audio into words with times.</summary>
public interface ITranscriber
{
    /// <summary>Engine and model, such as <c>moonshine/tiny</c>: what <c>method.engine</c> of the document says.</summary>
    string Name { get; }

    /// <summary>Whether a provider's or the engine's own word times can be used as they are.</summary>
    bool TimesAreTrusted { get; }

    /// <summary>Loads what the first recording would wait for; nobody has to call it.</summary>
    /// <param name="cancellationToken">Checked before loading begins.</param>
    /// <exception cref="LibrettoException">The model is missing or damaged.</exception>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Recognises a recording, window by window, in order of time.</summary>
    /// <param name="audio">16 kHz mono.</param>
    /// <param name="options">What the user wants.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    /// <returns>One piece a window, as soon as its words are final; none for a recording without words.</returns>
    /// <exception cref="LibrettoException">The model cannot be loaded, or the engine does not know the language.</exception>
    IAsyncEnumerable<TranscribedPiece> TranscribeAsync(
        PcmFile audio, TranscribeOptions options, IProgress<double>? progress, CancellationToken cancellationToken);
}

/// <summary>What one window of audio gave.</summary>
/// <param name="Range">The window.</param>
/// <param name="Words">Its words in order of time, within the window.</param>
public sealed record TranscribedPiece(TimeRange Range, IReadOnlyList<LyricsWord> Words)
{
    /// <summary>The guard's name where text was left out because it looked invented.</summary>
    internal const string Dropped = "dropped";

    /// <summary>Indexes into <see cref="Words"/> after which the engine itself ends a sentence or segment.</summary>
    public IReadOnlyList<int> SegmentEnds { get; init; } = [];

    /// <summary>
    /// When each of <see cref="Words"/> begins as far as the engine can tell, from the earliest moment to the likeliest, seconds; empty
    /// (the default) where it does not say how sure it is. Who hears the vocals alone can tell the start more exactly from them.
    /// </summary>
    public IReadOnlyList<TimeRange> Onsets { get; init; } = [];

    /// <summary>The language as an ISO 639 code; null when the engine does not say.</summary>
    public string? Language { get; init; }

    /// <summary>
    /// The language sung, where the engine found it out; differs from <see cref="Language"/> when the words are a translation.
    /// </summary>
    public string? DetectedLanguage { get; init; }

    /// <summary>How likely the language found out is, 0 to 1; null when it was given or not measured.</summary>
    public double? LanguageProbability { get; init; }

    /// <summary>Mean log probability of the tokens (natural logarithm, 0 at best); null when the engine does not say.</summary>
    public double? MeanLogProbability { get; init; }

    /// <summary>Which guards acted in this window and how often.</summary>
    public IReadOnlyDictionary<string, int> Guards { get; init; } = new Dictionary<string, int>();

    /// <summary>What the user should know of this window, a sentence each; none by default.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>
    /// Passages whose words may be invented, in order, where the engine cannot listen to them again by itself; none by default.
    /// </summary>
    public IReadOnlyList<PassageDoubt> Doubts { get; init; } = [];

    /// <summary>What it cost by the engine's published price, US dollars; null for engines that cost nothing or tell no price.</summary>
    public double? Cost { get; init; }
}

/// <summary>A passage whose words may be invented.</summary>
/// <param name="Range">From its first word's start to its last one's end, seconds.</param>
/// <param name="Guard">The guard it set off: <c>loop</c>, <c>compression</c> or <c>unlikely</c>.</param>
public sealed record PassageDoubt(TimeRange Range, string Guard);
