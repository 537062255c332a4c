using Libretto.Audio;
using Libretto.Separate;

namespace Libretto.Pipeline;

/// <summary>
/// A song's voice and its accompaniment, which add up to the song: separated just now, or kept from an earlier time and read only
/// where it must be.
/// </summary>
public sealed class SongStems : IDisposable
{
    internal const AudioFormat KeptFormat = AudioFormat.Flac24;

    private readonly KeptStems _kept;
    private readonly SongSeparation _separation;
    private readonly SongMemo _memo;
    private readonly AudioDecoder _decoder;
    private readonly AudioEncoder _encoder;
    private SeparatedStems? _made;

    internal SongStems(
        string model, KeptStems kept, SeparatedStems? made, SongSeparation separation, SongMemo memo, AudioDecoder decoder, AudioEncoder encoder)
    {
        Model = model;
        _kept = kept;
        _made = made;
        _separation = separation;
        _memo = memo;
        _decoder = decoder;
        _encoder = encoder;
    }

    /// <summary>The separation model's name, as it goes into a document's <c>method.separation</c>.</summary>
    public string Model { get; }

    /// <summary>Length in seconds: that of the song.</summary>
    public double Duration => _kept.Duration;

    /// <summary>Where someone sings, in order, apart from each other.</summary>
    public IReadOnlyList<TimeRange> Singing => _kept.Singing;

    /// <summary>Where the memo keeps them.</summary>
    internal string Key => _separation.Key;

    /// <summary>Writes both stems; each file appears whole or not at all, and replaces one that exists.</summary>
    /// <param name="vocals">The file for the voice.</param>
    /// <param name="instrumental">The file for everything else.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once; nothing half-written remains.</param>
    /// <exception cref="LibrettoException">The disk, or a program it needs; its message says what to do.</exception>
    public async Task WriteAsync(
        string vocals, string instrumental, AudioFormat format = AudioFormat.Flac24, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocals);
        ArgumentException.ThrowIfNullOrEmpty(instrumental);
        var isCopied = format == KeptFormat && _kept.Vocals.Length > 0 &&
            await _memo.CopyAsync(_kept.Vocals, vocals, cancellationToken) && await _memo.CopyAsync(_kept.Instrumental, instrumental, cancellationToken);
        if (!isCopied)
        {
            var stems = await OpenAsync(cancellationToken);
            await _encoder.EncodeAsync(stems.Vocals, vocals, format, cancellationToken: cancellationToken);
            progress?.Report(0.5);
            await _encoder.EncodeAsync(stems.Accompaniment, instrumental, format, cancellationToken: cancellationToken);
        }
        progress?.Report(1);
    }

    /// <summary>Gives back the temporary files; what was kept stays.</summary>
    public void Dispose() => _made?.Dispose();

    /// <summary>The same stems under an owner of their own; disposing of this one no longer touches them.</summary>
    internal SongStems Take()
    {
        var taken = new SongStems(Model, _kept, _made, _separation, _memo, _decoder, _encoder);
        _made = null;
        return taken;
    }

    private async Task<SeparatedStems> OpenAsync(CancellationToken cancellationToken) =>
        _made ??= await ReadKeptAsync(cancellationToken) ?? await _separation.AgainAsync(cancellationToken);

    /// <summary>What was kept as sound; null when it is gone or damaged.</summary>
    private async Task<SeparatedStems?> ReadKeptAsync(CancellationToken cancellationToken)
    {
        var vocals = await ReadKeptAsync(_kept.Vocals, cancellationToken);
        var instrumental = vocals is null ? null : await ReadKeptAsync(_kept.Instrumental, cancellationToken);
        if (vocals is not null && instrumental is not null)
            return new SeparatedStems(vocals, instrumental);
        vocals?.Dispose();
        return null;
    }

    private async Task<PcmFile?> ReadKeptAsync(string key, CancellationToken cancellationToken)
    {
        var stem = await _memo.ReadAsync(
            key, path => _decoder.DecodeAsync(path, _separation.Separator.SampleRate, channels: 2, progress: null, cancellationToken), cancellationToken);
        if (stem is null || stem.Frames == _kept.Frames)
            return stem;
        stem.Dispose();
        return null;
    }
}

/// <summary>Stems in the content store; without keys where they could not be kept.</summary>
/// <param name="Vocals">The key of the voice.</param>
/// <param name="Instrumental">The key of the rest.</param>
/// <param name="Frames">How long each is.</param>
/// <param name="Duration">The same in seconds.</param>
/// <param name="Singing">Where someone sings.</param>
/// <param name="Warnings">What was wrong with the song's file.</param>
internal sealed record KeptStems(
    string Vocals, string Instrumental, long Frames, double Duration, IReadOnlyList<TimeRange> Singing, IReadOnlyList<string> Warnings);
