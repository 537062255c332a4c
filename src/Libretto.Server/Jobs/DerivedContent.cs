using System.Globalization;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>
/// What is made of a song's contents when somebody first asks for it, and goes with them: its keys, so that retention finds it.
/// </summary>
internal static class DerivedContent
{
    // Raised when the same song would give another waveform.
    private const string WaveformVersion = "2";

    /// <summary>The cover that a song's file holds, as a picture.</summary>
    /// <param name="inputKey">The recording.</param>
    /// <param name="isBackdrop">As what stands behind words, instead of as it is.</param>
    public static string CoverOf(string inputKey, bool isBackdrop) =>
        ContentKey.Of(StoreFolders.Covers, "1", inputKey, isBackdrop ? "backdrop" : "whole");

    /// <summary>A recording as Opus, for browsers.</summary>
    /// <param name="audioKey">The recording.</param>
    /// <param name="track">Its audio track; null for the one that players take.</param>
    public static string OpusOf(string audioKey, int? track = null) => track is { } chosen
        ? ContentKey.Of(StoreFolders.Opus, "1", audioKey, chosen.ToString(CultureInfo.InvariantCulture))
        : ContentKey.Of(StoreFolders.Opus, "1", audioKey);

    /// <summary>The shape that the player draws.</summary>
    /// <param name="inputKey">The recording.</param>
    /// <param name="vocalsKey">Its voice; null where there is none.</param>
    /// <param name="track">The recording's audio track; null for the one that players take.</param>
    public static string WaveformOf(string inputKey, string? vocalsKey, int? track = null) => track is { } chosen
        ? ContentKey.Of(StoreFolders.Waveforms, WaveformVersion, inputKey, vocalsKey ?? "", chosen.ToString(CultureInfo.InvariantCulture))
        : ContentKey.Of(StoreFolders.Waveforms, WaveformVersion, inputKey, vocalsKey ?? "");
}
