using Libretto.Audio;
using Libretto.Separate;

namespace Libretto.Pipeline.Stems;

/// <summary>
/// A song's voice and its accompaniment, which add up to the song. They are there already where the song had to be separated
/// or was before; else they are made when they are written, so that lyrics need not wait for them.
/// </summary>
public sealed class SongStems : IDisposable
{
    // Share of the work of making and writing; only the progress shown depends on it.
    private const double SeparatedAt = 0.8;

    private readonly Song _song;
    private readonly string? _model;
    private readonly Separation _separation;
    private readonly AudioEncoder _encoder;
    private SongSeparation? _way;
    private KeptStems? _kept;
    private SeparatedStems? _made;
    private PcmFile? _speech;

    internal SongStems(Song song, string? model, Separation separation, AudioEncoder encoder)
    {
        _song = song;
        _model = model;
        _separation = separation;
        _encoder = encoder;
    }

    /// <summary>Writes both stems, made first if they are not there; each file appears whole or not at all, and replaces one that exists.</summary>
    /// <param name="vocals">The file for the voice.</param>
    /// <param name="instrumental">The file for everything else.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works; from 0 to 1.</param>
    /// <param name="cancellationToken">Felt within half a second, by programs that were started too; nothing half-written remains.</param>
    /// <returns>What was written and of how many seconds.</returns>
    /// <exception cref="LibrettoException">The song, the model, the disk, or a program it needs; its message says what to do.</exception>
    public async Task<StemResult> WriteAsync(
        string vocals, string instrumental, AudioFormat format = AudioFormat.Flac24, IProgress<SongProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocals);
        ArgumentException.ThrowIfNullOrEmpty(instrumental);
        _song.Meter = _song.Meter.For(progress);
        return await WriteAsync(vocals, instrumental, format, 0, _kept is null ? SeparatedAt : 0, cancellationToken);
    }

    /// <summary>Gives back the temporary files; what was kept stays.</summary>
    public void Dispose()
    {
        _made?.Dispose();
        _speech?.Dispose();
    }

    /// <summary>Where someone sings; asked for once the song is separated.</summary>
    internal IReadOnlyList<TimeRange> Singing => _kept!.Singing;

    /// <summary>The same as part of a larger work.</summary>
    internal async Task<StemResult> WriteAsync(
        string vocals, string instrumental, AudioFormat format, double from, double separatedAt, CancellationToken cancellationToken)
    {
        if (_kept is null)
            await SeparateAsync(from, separatedAt, cancellationToken);
        _song.Meter.Enter(Stage.Publish, separatedAt, 1, "writing the stems");
        if (format != SongSeparation.KeptFormat || !await CopyAsync(_kept!, vocals, instrumental, cancellationToken))
        {
            var stems = _made ??= await _way!.ReadAsync(_kept!, cancellationToken);
            await _encoder.EncodeAsync(stems.Vocals, vocals, format, cancellationToken: cancellationToken);
            _song.Meter.Report(0.5);
            await _encoder.EncodeAsync(stems.Accompaniment, instrumental, format, cancellationToken: cancellationToken);
        }
        _song.Meter.Report(1);
        return new StemResult(_way!.Separator.Name, _kept!.Duration, _song.Notices);
    }

    /// <summary>The way to them, the model fetched if it must be.</summary>
    internal async Task<SongSeparation> OpenAsync(CancellationToken cancellationToken) =>
        _way ??= await _separation.OpenAsync(_song, _model, cancellationToken);

    /// <summary>Looks whether they were made before; true when they are there.</summary>
    internal async Task<bool> RecallAsync(CancellationToken cancellationToken)
    {
        var way = await OpenAsync(cancellationToken);
        _kept ??= await way.RecallAsync(cancellationToken);
        if (_kept is null)
            return false;
        _song.Meter.Found("the voice was found in the cache");
        return true;
    }

    /// <summary>The voice as recognisers want it, 16 kHz mono; asked for once the song is separated.</summary>
    internal async Task<PcmFile> SpeechAsync(CancellationToken cancellationToken) =>
        _speech ??= await _way!.SpeechAsync(_kept!, _made, cancellationToken);

    /// <summary>Makes them from a song that is decoded.</summary>
    internal async Task SeparateAsync(PcmFile mix, CancellationToken cancellationToken)
    {
        var way = await OpenAsync(cancellationToken);
        _song.Meter.By(way.Separator.Name);
        (_made, _kept) = await way.RunAsync(mix, _song.Meter.Step(), cancellationToken);
    }

    /// <summary>The same stems under an owner of their own; disposing of this one no longer touches them.</summary>
    internal SongStems Take()
    {
        var taken = new SongStems(_song, _model, _separation, _encoder) { _way = _way, _kept = _kept, _made = _made };
        _made = null;
        return taken;
    }

    private async Task SeparateAsync(double from, double to, CancellationToken cancellationToken)
    {
        _song.Meter.Enter(Stage.Separate, from, to, "separating the voice");
        if (await RecallAsync(cancellationToken))
            return;
        using var mix = await _way!.DecodeAsync(null, cancellationToken);
        await SeparateAsync(mix, cancellationToken);
    }

    private async Task<bool> CopyAsync(KeptStems kept, string vocals, string instrumental, CancellationToken cancellationToken) =>
        kept is { Vocals: { } voice, Instrumental: { } rest } &&
        await _song.Memo.CopyAsync(voice, vocals, cancellationToken) && await _song.Memo.CopyAsync(rest, instrumental, cancellationToken);
}
