using Libretto.Audio;
using Libretto.Speech.Whisper;

namespace Libretto.Align;

/// <summary>A recording that lyrics are looked for in, and what is known of it.</summary>
/// <param name="Encoded">The whole recording, 16 kHz mono, with what was made of it before.</param>
/// <param name="Activity">Where someone sings, in order.</param>
internal sealed record SungAudio(EncodedAudio Encoded, IReadOnlyList<TimeRange> Activity)
{
    /// <summary>The voice alone, 16 kHz mono; null where it was not separated.</summary>
    public PcmFile? Voice { get; init; }

    /// <summary>
    /// Where the voice alone sings, which windows of recognition are cut by; null where they are cut by the recording's level.
    /// </summary>
    public IReadOnlyList<TimeRange>? Singing { get; init; }
}
