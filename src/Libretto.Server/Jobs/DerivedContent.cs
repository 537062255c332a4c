using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>What is made of a song's contents when somebody first asks for it, and goes with them: its keys, so that retention finds it.</summary>
internal static class DerivedContent
{
    // Raised when the same song would give another waveform.
    private const string WaveformVersion = "1";

    /// <summary>A recording as Opus, for files that play anywhere.</summary>
    public static string OpusOf(string audioKey) => ContentKey.Of(StoreFolders.Opus, "1", audioKey);

    /// <summary>The shape that the player draws.</summary>
    public static string WaveformOf(string inputKey, string? vocalsKey) => ContentKey.Of(StoreFolders.Waveforms, WaveformVersion, inputKey, vocalsKey ?? "");
}
