using Libretto.Audio;
using Libretto.Models;
using Libretto.Separate;

namespace Libretto.Pipeline;

/// <summary>A song's voice and its accompaniment, as sound: the stems that make karaoke.</summary>
public sealed class StemPipeline
{
    /// <summary>The model that separates when none is named.</summary>
    public const string DefaultModel = "spleeter-2stems";

    // Share of the whole work, measured on songs of three minutes; only the progress shown depends on it.
    private const double DecodedAt = 0.1;
    private const double SeparatedAt = 0.8;

    private readonly AudioDecoder _decoder;
    private readonly AudioEncoder _encoder;
    private readonly ModelStore _models;
    private readonly OnnxSessions _sessions;
    private readonly TimeProvider _time;

    internal StemPipeline(AudioDecoder decoder, AudioEncoder encoder, ModelStore models, OnnxSessions sessions, TimeProvider time)
    {
        _decoder = decoder;
        _encoder = encoder;
        _models = models;
        _sessions = sessions;
        _time = time;
    }

    /// <summary>Separates a song and writes both stems; each file appears whole or not at all.</summary>
    /// <param name="request">The song and where its stems go.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works.</param>
    /// <param name="cancellationToken">Felt within half a second, by programs that were started too.</param>
    /// <returns>What was written and of how many seconds.</returns>
    /// <exception cref="LibrettoException">The file, the model, the disk, or a program it needs; its message says what to do.</exception>
    public async Task<StemResult> RunAsync(
        StemRequest request, IProgress<SongProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var meter = new ProgressMeter(progress, _time);
        var notices = new List<string>();

        meter.Enter(Stage.Acquire, 0, DecodedAt, "reading");
        var info = await _decoder.ProbeAsync(request.Path, cancellationToken);
        var separator = await OpenAsync(request.Model, meter, cancellationToken);
        using var mix = await DecodeAsync(info, separator, meter.Step(), cancellationToken);
        foreach (var warning in info.Warnings.Concat(mix.Warnings))
        {
            notices.Add(warning);
            meter.Notice(warning);
        }

        meter.Enter(Stage.Separate, DecodedAt, SeparatedAt, "separating the voice");
        using var stems = await separator.SeparateAsync(mix, meter.Step(), cancellationToken);

        await WriteAsync(stems, request, meter, from: SeparatedAt, cancellationToken);
        return new StemResult(separator.Name, mix.Duration, notices);
    }

    /// <summary>Writes stems that were separated already, as <see cref="SongPipeline"/> does for its own use.</summary>
    /// <param name="stems">The stems; the caller still disposes of them.</param>
    /// <param name="request">Where they go.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works.</param>
    /// <param name="cancellationToken">Felt within half a second, by programs that were started too.</param>
    /// <exception cref="LibrettoException">The disk, or a program it needs; its message says what to do.</exception>
    public Task WriteAsync(
        SeparatedStems stems, StemRequest request, IProgress<SongProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stems);
        ArgumentNullException.ThrowIfNull(request);
        return WriteAsync(stems, request, new ProgressMeter(progress, _time), from: 0, cancellationToken);
    }

    private async Task WriteAsync(
        SeparatedStems stems, StemRequest request, ProgressMeter meter, double from, CancellationToken cancellationToken)
    {
        meter.Enter(Stage.Publish, from, 1, "writing the stems");
        await _encoder.EncodeAsync(stems.Vocals, request.Vocals, request.Format, cancellationToken: cancellationToken);
        meter.Report(0.5);
        await _encoder.EncodeAsync(stems.Accompaniment, request.Instrumental, request.Format, cancellationToken: cancellationToken);
        meter.Report(1);
    }

    /// <summary>Whether a model is here already.</summary>
    internal bool IsInstalled(string? model) => _models.Find(model ?? DefaultModel) is not null;

    /// <summary>The separator of a model, fetched if it must be; its networks are loaded at first use and shared.</summary>
    internal async Task<IVocalSeparator> OpenAsync(string? model, ProgressMeter meter, CancellationToken cancellationToken)
    {
        var name = model ?? DefaultModel;
        if (_models.Find(name) is null && ModelCatalogue.Find(name) is { Kind: not ModelKind.Separation })
            throw PipelineException.NotSeparation(name);
        var folder = await _models.EnsureAsync(name, new Relay<ModelProgress>(meter.Fetching), cancellationToken);
        return VocalSeparators.Open(folder, _sessions);
    }

    /// <summary>The song as a separator wants it: stereo at its rate.</summary>
    internal Task<PcmFile> DecodeAsync(
        AudioInfo info, IVocalSeparator separator, IProgress<double>? progress, CancellationToken cancellationToken) =>
        _decoder.DecodeAsync(info, separator.SampleRate, channels: 2, range: null, progress, cancellationToken);
}
