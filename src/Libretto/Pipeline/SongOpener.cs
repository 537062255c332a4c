using Libretto.Audio;
using Libretto.Pipeline.Memo;

namespace Libretto.Pipeline;

/// <summary>How every pipeline begins: the file is looked at, and what was made of the song before is at hand.</summary>
internal sealed class SongOpener(AudioDecoder decoder, StageMemo memo, TimeProvider time)
{
    /// <summary>Opens a song.</summary>
    /// <param name="request">The song's file and audio track, and whether what was made before counts.</param>
    /// <param name="plan">The steps that are expected; the first is <see cref="WorkStep.Read"/>.</param>
    /// <param name="progress">Told how far the work on it is.</param>
    /// <param name="cancellationToken">Ends ffprobe at once.</param>
    /// <exception cref="LibrettoException">The file is no song, or cannot be read.</exception>
    public Task<Song> OpenAsync(
        SongRequest request, ProgressPlan plan, IProgress<SongProgress>? progress, CancellationToken cancellationToken) =>
        OpenAsync(request.Path, request.Track, request.Fresh, plan, progress, cancellationToken);

    /// <summary>Opens a song of which only the stems are wanted.</summary>
    public Task<Song> OpenAsync(
        StemRequest request, ProgressPlan plan, IProgress<SongProgress>? progress, CancellationToken cancellationToken) =>
        OpenAsync(request.Path, request.Track, request.Fresh, plan, progress, cancellationToken);

    private Task<Song> OpenAsync(
        string path, int? track, bool fresh, ProgressPlan plan, IProgress<SongProgress>? progress, CancellationToken cancellationToken)
    {
        var meter = new ProgressMeter(progress, plan, time);
        meter.Enter(WorkStep.Read, "reading");
        return Song.OpenAsync(path, track, fresh, decoder, memo, meter, cancellationToken);
    }
}
