using Libretto.Audio;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;

namespace Libretto.Pipeline;

/// <summary>A song's voice and its accompaniment, as sound: the stems that make karaoke.</summary>
public sealed class StemPipeline
{
    /// <summary>The model that separates when none is named.</summary>
    public const string DefaultModel = StemSeparation.DefaultModel;

    private readonly AudioDecoder _decoder;
    private readonly StemSeparation _separation;
    private readonly StageMemo _memo;
    private readonly TimeProvider _time;

    internal StemPipeline(AudioDecoder decoder, StemSeparation separation, StageMemo memo, TimeProvider time)
    {
        _decoder = decoder;
        _separation = separation;
        _memo = memo;
        _time = time;
    }

    /// <summary>Separates a song and writes both stems; each file appears whole or not at all.</summary>
    /// <param name="request">The song and where its stems go.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works.</param>
    /// <param name="cancellationToken">Checked at least every half second, by programs that were started too.</param>
    /// <returns>What was written and of how many seconds.</returns>
    /// <exception cref="LibrettoException">The file, the model, the disk, or a program it needs; its message says what to do.</exception>
    public async Task<StemResult> RunAsync(
        StemRequest request, IProgress<SongProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var meter = new ProgressMeter(progress, ProgressPlan.Stems, _time);
        meter.Enter(WorkStep.Read, "reading");
        using var song = await Song.OpenAsync(request.Path, request.Track, request.Fresh, _decoder, _memo, meter, cancellationToken);
        using var stems = new SongStems(song, _separation, request.Model);
        return await stems.WriteAsync(request.Vocals, request.Instrumental, request.Format, cancellationToken);
    }
}
