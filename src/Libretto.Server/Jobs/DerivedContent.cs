using System.Globalization;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>
/// What is made of a song's contents when somebody first asks for it, and goes with them: its keys, so that retention finds it.
/// </summary>
internal static class DerivedContent
{
    // Raised when the same song would give another waveform.
    private const string WaveformVersion = "1";

    /// <summary>The shape that the player draws.</summary>
    /// <param name="inputKey">The recording.</param>
    /// <param name="vocalsKey">Its voice; null where there is none.</param>
    /// <param name="track">The recording's audio track; null for the one that players take.</param>
    public static string WaveformOf(string inputKey, string? vocalsKey, int? track = null) => track is { } chosen
        ? ContentKey.Of(StoreFolders.Waveforms, WaveformVersion, inputKey, vocalsKey ?? "", chosen.ToString(CultureInfo.InvariantCulture))
        : ContentKey.Of(StoreFolders.Waveforms, WaveformVersion, inputKey, vocalsKey ?? "");
}
