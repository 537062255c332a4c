using Libretto.Audio;

namespace Libretto.Pipeline;

/// <summary>One song to be separated.</summary>
/// <param name="Path">An audio or video file.</param>
/// <param name="Vocals">The file for the voice; one that exists is replaced.</param>
/// <param name="Instrumental">The file for everything else, alike. With the voice it adds up to the song.</param>
public sealed record StemRequest(string Path, string Vocals, string Instrumental)
{
    /// <summary>Which of the file's audio tracks, from 1; null (the default) takes the one that players take.</summary>
    public int? Track { get; init; }

    /// <summary>How the stems are written; FLAC of 24 bits by default.</summary>
    public AudioFormat Format { get; init; } = AudioFormat.Flac24;

    /// <summary>True to separate anew, even if stems were kept from an earlier time; false by default.</summary>
    public bool Fresh { get; init; }

    /// <summary>A separation model's name or folder; null takes <see cref="StemPipeline.DefaultModel"/>.</summary>
    public string? Model { get; init; }
}
