using Libretto.Pipeline;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs.Queue;

/// <summary>Which lane a song's work belongs to, once the song is here: waiting for a hosted engine is io, all else computes.</summary>
internal sealed class LaneChoice(SongPipeline pipeline)
{
    public string Of(JobOptions options, bool hasLyrics) =>
        !hasLyrics && options.Gpu != true && pipeline.IsHosted(options.ToRequest("")) ? Lane.Io : Lane.Compute;
}
