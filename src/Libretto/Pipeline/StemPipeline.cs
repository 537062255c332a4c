using Libretto.Pipeline.Stems;

namespace Libretto.Pipeline;

/// <summary>A song's vocals and its accompaniment, as sound: the stems that make karaoke.</summary>
public sealed class StemPipeline
{
    /// <summary>The model that separates when none is named.</summary>
    public const string DefaultModel = StemSeparation.DefaultModel;

    private readonly SongOpener _opener;
    private readonly StemSeparation _separation;

    internal StemPipeline(SongOpener opener, StemSeparation separation) => (_opener, _separation) = (opener, separation);

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
        using var song = await _opener.OpenAsync(request, ProgressPlan.Stems, progress, cancellationToken);
        using var stems = new SongStems(song, _separation, request.Model);
        return await stems.WriteAsync(request.Vocals, request.Instrumental, request.Format, cancellationToken);
    }
}
