using Libretto.Pipeline;
using Libretto.Separate;

namespace Libretto.Server.Jobs;

/// <summary>Which lane a song's work belongs to, once the song is here: waiting for a hosted engine is io, all else computes.</summary>
internal sealed class LaneChoice(SongPipeline pipeline)
{
    public string Of(JobOptions options, bool hasLyrics)
    {
        var isPlain = options is { Stems: not true, Gpu: not true, Lyrics: null } && !hasLyrics;
        return isPlain && pipeline.IsHosted(Request(options)) ? Lane.Io : Lane.Compute;
    }

    /// <summary>What the choice of the engine depends on.</summary>
    private static SongRequest Request(JobOptions options) => new("")
    {
        Engine = options.Engine,
        Model = options.Model,
        BeamSize = options.Beam ?? 1,
        Quality = options.Quality is { } quality ? Enum.Parse<SongQuality>(quality, ignoreCase: true) : null,
        Separate = options.Separate is { } mode ? Enum.Parse<SeparationMode>(mode, ignoreCase: true) : null,
    };
}
