using Libretto.Audio;
using Libretto.Separate;

namespace Libretto.Pipeline.Stems;

/// <summary>
/// A song's vocals and its accompaniment, which add up to the song. They are there already where the song had to be separated
/// or was before; else they are made when they are written, so that lyrics need not wait for them.
/// </summary>
public sealed class SongStems : IDisposable
{
    private readonly Song _song;
    private readonly StemSeparation _separation;
    private readonly string? _modelName;
    private StemModel? _model;
    private KeptStems? _kept;
    private SeparatedStems? _made;
    private PcmFile? _speech;

    /// <summary>Stems of a song by a model; nothing is fetched or done before they are asked for.</summary>
    /// <param name="song">The song. Stems that are handed out outlive it: they use all of it but its sound.</param>
    /// <param name="separation">Does the work.</param>
    /// <param name="model">A model's name or folder; the default when null.</param>
    internal SongStems(Song song, StemSeparation separation, string? model = null) =>
        (_song, _separation, _modelName) = (song, separation, model);

    /// <summary>
    /// Writes both stems, made first if they are not there; each file appears whole or not at all, and replaces one that exists.
    /// </summary>
    /// <param name="vocals">The file for the vocals.</param>
    /// <param name="instrumental">The file for everything else.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works; from 0 to 1.</param>
    /// <param name="cancellationToken">Checked at least every half second, by programs that were started too; nothing half-written
    /// remains.</param>
    /// <returns>What was written and of how many seconds.</returns>
    /// <exception cref="LibrettoException">The song, the model, the disk, or a program it needs; its message says what to do.</exception>
    public async Task<StemResult> WriteAsync(
        string vocals, string instrumental, AudioFormat format = AudioFormat.Flac24, IProgress<SongProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocals);
        ArgumentException.ThrowIfNullOrEmpty(instrumental);
        _song.ReportTo(progress, new ProgressPlan(_kept is null ? [WorkStep.Separate, WorkStep.WriteStems] : [WorkStep.WriteStems]));
        return await WriteAsync(vocals, instrumental, format, cancellationToken);
    }

    /// <summary>Gives back the temporary files; what was kept stays.</summary>
    public void Dispose()
    {
        _made?.Dispose();
        _speech?.Dispose();
    }

    /// <summary>Where someone sings; asked for once the song is separated.</summary>
    internal IReadOnlyList<TimeRange> Singing => _kept!.Singing;

    /// <summary>The same as part of a larger work, whose progress goes on.</summary>
    internal async Task<StemResult> WriteAsync(string vocals, string instrumental, AudioFormat format, CancellationToken cancellationToken)
    {
        if (_kept is null)
            await FindOrSeparateAsync(cancellationToken);
        var (model, kept) = (_model!, _kept!);
        _song.Meter.Enter(WorkStep.WriteStems, "writing the stems");
        if (format != StemSeparation.KeptFormat || !await CopyAsync(kept, vocals, instrumental, cancellationToken))
        {
            _made ??= await _separation.ReadAsync(_song, model, kept, cancellationToken);
            await _separation.EncodeAsync(_made.Vocals, vocals, format, cancellationToken);
            _song.Meter.Report(0.5);
            await _separation.EncodeAsync(_made.Accompaniment, instrumental, format, cancellationToken);
        }
        _song.Meter.Report(1);
        return new StemResult(model.Separator.Name, kept.Duration, _song.Notices);
    }

    /// <summary>The model that makes them, fetched if it must be.</summary>
    internal async Task<StemModel> OpenAsync(CancellationToken cancellationToken) =>
        _model ??= await _separation.OpenAsync(_song, _modelName, cancellationToken);

    /// <summary>Looks whether they were made before; true when they are there.</summary>
    internal async Task<bool> RecallAsync(CancellationToken cancellationToken)
    {
        _kept ??= await StemSeparation.RecallAsync(_song, await OpenAsync(cancellationToken), cancellationToken);
        if (_kept is null)
            return false;
        _song.Meter.Found("the vocals were found in the cache");
        return true;
    }

    /// <summary>The vocals as recognisers want them, 16 kHz mono; asked for once the song is separated.</summary>
    internal async Task<PcmFile> SpeechAsync(CancellationToken cancellationToken) =>
        _speech ??= await _separation.SpeechAsync(_song, _model!, _kept!, _made, cancellationToken);

    /// <summary>The song as the model wants it.</summary>
    internal async Task<PcmFile> DecodeAsync(CancellationToken cancellationToken) =>
        await _separation.DecodeAsync(_song, await OpenAsync(cancellationToken), cancellationToken);

    /// <summary>Makes them from a song that is decoded.</summary>
    internal async Task SeparateAsync(PcmFile mix, CancellationToken cancellationToken)
    {
        var model = await OpenAsync(cancellationToken);
        _song.Meter.By(model.Separator.Name);
        (_made, _kept) = await _separation.RunAsync(_song, model, mix, cancellationToken);
    }

    /// <summary>The same stems under an owner of their own; disposing of this one no longer touches them.</summary>
    internal SongStems Take()
    {
        var taken = new SongStems(_song, _separation, _modelName) { _model = _model, _kept = _kept, _made = _made };
        _made = null;
        return taken;
    }

    private async Task FindOrSeparateAsync(CancellationToken cancellationToken)
    {
        _song.Meter.Enter(WorkStep.Separate, "separating the vocals");
        if (await RecallAsync(cancellationToken))
            return;
        using var mix = await DecodeAsync(cancellationToken);
        await SeparateAsync(mix, cancellationToken);
    }

    private async Task<bool> CopyAsync(KeptStems kept, string vocals, string instrumental, CancellationToken cancellationToken) =>
        kept is { Vocals: { } voice, Instrumental: { } rest } &&
        await _song.Memo.CopyAsync(voice, vocals, cancellationToken) && await _song.Memo.CopyAsync(rest, instrumental, cancellationToken);
}
