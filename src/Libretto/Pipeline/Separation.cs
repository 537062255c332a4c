using Libretto.Audio;
using Libretto.Models;
using Libretto.Separate;

namespace Libretto.Pipeline;

/// <summary>Parts songs into voice and accompaniment, or finds how they were parted before.</summary>
internal sealed class Separation(AudioDecoder decoder, AudioEncoder encoder, ModelStore models, OnnxSessions sessions)
{
    /// <summary>The model that separates when none is named.</summary>
    public const string DefaultModel = "spleeter-2stems";

    /// <summary>Whether the model that is taken when none is named is here already.</summary>
    public bool IsInstalled => models.Find(DefaultModel) is not null;

    /// <summary>The way to part a song by a model, which is fetched if it must be; its networks are loaded at first use and shared.</summary>
    /// <param name="song">The song.</param>
    /// <param name="model">A model's name or folder; the default when null.</param>
    /// <param name="cancellationToken">Stops fetching.</param>
    /// <exception cref="LibrettoException">The model is none for this, or cannot be fetched.</exception>
    public async Task<SongSeparation> OpenAsync(Song song, string? model, CancellationToken cancellationToken)
    {
        var name = model ?? DefaultModel;
        if (models.Find(name) is null && ModelCatalogue.Find(name) is { Kind: not ModelKind.Separation })
            throw PipelineException.NotSeparation(name);
        var folder = await models.EnsureAsync(name, new Relay<ModelProgress>(song.Meter.Fetching), cancellationToken);
        var separator = VocalSeparators.Open(folder, sessions);
        var key = song.Memo.Key("separate", separator.Name, ModelIdentity.Of(folder));
        return new SongSeparation(song, separator, key, decoder, encoder);
    }
}

/// <summary>One song and what parts it.</summary>
internal sealed class SongSeparation(Song song, IVocalSeparator separator, string key, AudioDecoder decoder, AudioEncoder encoder)
{
    public IVocalSeparator Separator => separator;

    /// <summary>Where the memo keeps the stems.</summary>
    public string Key => key;

    /// <summary>The stems as they were made before; null when they were not.</summary>
    public async Task<SongStems?> RecallAsync(CancellationToken cancellationToken)
    {
        if (await song.Memo.FindAsync(key, StageJson.Default.KeptStems, cancellationToken) is not { } kept ||
            !await song.Memo.HoldsAsync(kept.Vocals, cancellationToken) ||
            !await song.Memo.HoldsAsync(kept.Instrumental, cancellationToken))
            return null;
        song.Warn(kept.Warnings);
        return new SongStems(separator.Name, kept, made: null, this, song.Memo, decoder, encoder);
    }

    /// <summary>The song as the separator wants it: stereo at its rate.</summary>
    public async Task<PcmFile> DecodeAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var mix = await decoder.DecodeAsync(song.Info, separator.SampleRate, channels: 2, range: null, progress, cancellationToken);
        song.Warn(mix.Warnings);
        return mix;
    }

    /// <summary>Parts the song and keeps the stems.</summary>
    /// <param name="mix">The song, decoded.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the networks at once.</param>
    public async Task<SongStems> RunAsync(PcmFile mix, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var made = await separator.SeparateAsync(mix, progress, cancellationToken);
        try
        {
            var singing = await Task.Run(() => ActivityDetector.Detect(made.Vocals, ActivityOptions.ForStem, cancellationToken), cancellationToken);
            var kept = new KeptStems("", "", made.Vocals.Frames, made.Vocals.Duration, singing, song.Warn(mix.Warnings));
            var keys = await Task.WhenAll(KeepAsync(made.Vocals, cancellationToken), KeepAsync(made.Accompaniment, cancellationToken));
            if (keys is [{ } vocals, { } instrumental])
            {
                kept = kept with { Vocals = vocals, Instrumental = instrumental };
                await song.Memo.KeepAsync(key, kept, StageJson.Default.KeptStems, cancellationToken);
            }
            return new SongStems(separator.Name, kept, made, this, song.Memo, decoder, encoder);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Parts the song once more, because what was kept is gone.</summary>
    public async Task<SeparatedStems> AgainAsync(CancellationToken cancellationToken)
    {
        using var mix = await DecodeAsync(null, cancellationToken);
        return await separator.SeparateAsync(mix, null, cancellationToken);
    }

    private Task<string?> KeepAsync(PcmFile stem, CancellationToken cancellationToken) => song.Memo.KeepFileAsync(
        "stems", "audio/flac", path => encoder.EncodeAsync(stem, path, SongStems.KeptFormat, cancellationToken: cancellationToken), cancellationToken);
}
