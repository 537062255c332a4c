using System.Globalization;
using Libretto.Audio;

namespace Libretto.Karaoke;

/// <summary>The audio of a karaoke file: a recording, or an accompaniment with quiet vocals.</summary>
/// <param name="Path">An audio or video file: the accompaniment, or the whole song.</param>
/// <param name="Voice">The vocals alone, to be mixed in; null for none.</param>
internal sealed record KaraokeSound(string Path, string? Voice = null)
{
    // How loud a guide is: 16 dB below the voice as recorded.
    private const double GuideLevel = 0.16;

    /// <summary>Its audio track in the file, from 1.</summary>
    public int Track { get; init; } = 1;

    /// <summary>The whole song as its file has it, in the audio track that was chosen.</summary>
    public static KaraokeSound Of(AudioInfo recording) => new(recording.Path) { Track = recording.Track };

    /// <summary>ffmpeg's arguments that open it.</summary>
    public IEnumerable<string> Inputs => Voice is null
        ? AudioProbe.InputArguments(Path)
        : [.. AudioProbe.InputArguments(Path), .. AudioProbe.InputArguments(Voice)];

    /// <summary>A filter that gives it as <c>[sound]</c>, stereo and from the song's start.</summary>
    /// <param name="first">The number of its first input.</param>
    public string Filter(int first)
    {
        // A film whose sound sets in later keeps that silence.
        const string Whole = "aresample=44100:async=1:first_pts=0,aformat=channel_layouts=stereo";
        return Voice is null
            ? string.Create(CultureInfo.InvariantCulture, $"[{first}:a:{Track - 1}]{Whole}[sound]")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"[{first}:a:{Track - 1}]{Whole}[music];[{first + 1}:a:0]{Whole},volume={GuideLevel}[voice];" +
                $"[music][voice]amix=inputs=2:normalize=0[sound]");
    }
}
