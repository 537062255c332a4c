using Libretto.Audio;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe;

/// <summary>What a user wants of recognition.</summary>
public sealed record TranscribeOptions
{
    /// <summary>The language sung, as an ISO 639 code such as <c>en</c>; null (the default) lets the engine find out.</summary>
    public string? Language { get; init; }

    /// <summary>True to get the words in English whatever language is sung; false by default.</summary>
    public bool Translate { get; init; }

    /// <summary>Names and spellings the song may hold; null by default.</summary>
    public string? Prompt { get; init; }

    /// <summary>Beams of the search, 1 (greedy) to 10; null, the default, leaves it to the engine.</summary>
    public int? BeamSize { get; init; }

    /// <summary>Where someone sings, in order; null (the default) lets the engine judge by the audio's level.</summary>
    public IReadOnlyList<TimeRange>? VoiceActivity { get; init; }

    /// <summary>
    /// Told, in a few words, what the engine waits for when it begins to wait for others, such as the limits of its key, and null when it
    /// goes on; nobody by default.
    /// </summary>
    public IProgress<string?>? Waiting { get; init; }

    /// <summary>
    /// Whether the words only show where those lie that the user gave: what looks invented is dropped, and not heard again. Attention finds
    /// the given words there as well.
    /// </summary>
    internal bool OnlyGuides { get; init; }

    /// <summary>
    /// Where Whisper's encoder keeps what it makes of the recording, for whoever reads it next; by default it is forgotten.
    /// </summary>
    internal EncodedAudio? Encoded { get; init; }
}
