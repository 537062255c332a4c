using Libretto.Audio;
using Libretto.Storage;
using Libretto.Audio.Activity;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Pipeline.Memo;
using Libretto.Separate;

namespace Libretto.Pipeline.Stems;

/// <summary>
/// Separates songs into vocals and accompaniment, keeps the stems, and finds them again. It holds nothing of a song: what is known of
/// one song's stems is in its <see cref="SongStems"/>, the only class that calls this one.
/// </summary>
internal sealed class StemSeparation(AudioDecoder decoder, AudioEncoder encoder, ModelStore models, OnnxSessions sessions)
{
    /// <summary>The model that separates when none is named.</summary>
    public const string DefaultModel = "spleeter-2stems";

    /// <summary>How stems are kept: as they are written unless told otherwise, so that they need only be copied.</summary>
    public const AudioFormat KeptFormat = AudioFormat.Flac24;

    /// <summary>Whether the model that is taken when none is named is installed.</summary>
    public bool IsInstalled => models.Find(DefaultModel) is not null;

    /// <summary>Fetches the model that is taken when none is named, if it is not here.</summary>
    /// <param name="progress">Told how far the download is.</param>
    /// <param name="cancellationToken">Stops; what has come is kept.</param>
    /// <param name="onFetch">Told what is fetched, before it is.</param>
    /// <returns>Null when it is here; else why it cannot be fetched.</returns>
    public async Task<string?> EnsureAsync(
        IProgress<ModelProgress> progress, CancellationToken cancellationToken, Action<ModelEntry>? onFetch = null) =>
        (await models.OfferAsync(DefaultModel, onFetch, progress, cancellationToken)).Trouble;

    /// <summary>Finds a model, which is fetched if it must be; its networks are loaded at first use and shared.</summary>
    /// <param name="song">The song it is for.</param>
    /// <param name="name">The model's name or folder; the default when null.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    /// <exception cref="LibrettoException">The model is none for this, or cannot be fetched.</exception>
    public async Task<StemModel> OpenAsync(Song song, string? name, CancellationToken cancellationToken)
    {
        name ??= DefaultModel;
        if (models.Find(name) is null && ModelCatalogue.Find(name) is { Kind: not ModelKind.Separation })
            throw PipelineException.NotSeparation(name);
        var folder = await models.EnsureAsync(name, new SynchronousProgress<ModelProgress>(song.Meter.Fetching), cancellationToken);
        var separator = VocalSeparators.Open(folder, sessions);
        return new StemModel(separator, song.Memo.Key("separate", separator.Name, ModelIdentity.Of(folder)));
    }

    /// <summary>The stems as they were kept; null when they were not, or one is gone.</summary>
    public static async Task<KeptStems?> RecallAsync(Song song, StemModel model, CancellationToken cancellationToken)
    {
        if (await song.Memo.FindAsync(model.Key, StageJson.Default.KeptStems, cancellationToken) is not { } kept ||
            !await song.Memo.HoldsAsync(kept.Vocals!, cancellationToken) ||
            !await song.Memo.HoldsAsync(kept.Instrumental!, cancellationToken))
            return null;
        song.Warn(kept.Warnings);
        return kept;
    }

    /// <summary>The song as the separator wants it: stereo at its rate.</summary>
    public async Task<PcmFile> DecodeAsync(Song song, StemModel model, CancellationToken cancellationToken)
    {
        var mix = await decoder.DecodeAsync(
            song.Info, model.Separator.SampleRate, channels: 2, range: null, progress: null, cancellationToken);
        song.Warn(mix.Warnings);
        return mix;
    }

    /// <summary>Separates the song and keeps the stems.</summary>
    /// <param name="song">The song, in the step that separating is.</param>
    /// <param name="model">By what.</param>
    /// <param name="mix">The song, decoded.</param>
    /// <param name="cancellationToken">Stops the networks at once.</param>
    public async Task<(SeparatedStems Made, KeptStems Kept)> RunAsync(
        Song song, StemModel model, PcmFile mix, CancellationToken cancellationToken)
    {
        var made = await model.Separator.SeparateAsync(mix, song.Meter.Step(), cancellationToken);
        try
        {
            var singing = await Task.Run(
                () => ActivityDetector.Detect(made.Vocals, ActivityOptions.ForStem, cancellationToken), cancellationToken);
            var keys = await Task.WhenAll(
                KeepAsync(song, made.Vocals, cancellationToken), KeepAsync(song, made.Accompaniment, cancellationToken));
            var kept = new KeptStems(keys[0], keys[1], made.Vocals.Frames, made.Vocals.Duration, singing, song.Warn(mix.Warnings));
            if (kept is { Vocals: not null, Instrumental: not null })
                await song.Memo.KeepAsync(model.Key, kept, StageJson.Default.KeptStems, cancellationToken);
            return (made, kept);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Kept stems as sound, or separated once more where they are gone or damaged.</summary>
    public async Task<SeparatedStems> ReadAsync(Song song, StemModel model, KeptStems kept, CancellationToken cancellationToken)
    {
        if (await ReadAsync(song, model, kept.Vocals, kept.Frames, cancellationToken) is { } vocals)
        {
            if (await ReadAsync(song, model, kept.Instrumental, kept.Frames, cancellationToken) is { } instrumental)
                return new SeparatedStems(vocals, instrumental);
            vocals.Dispose();
        }
        using var mix = await DecodeAsync(song, model, cancellationToken);
        return await model.Separator.SeparateAsync(mix, null, cancellationToken);
    }

    /// <summary>The vocals as recognisers want them, 16 kHz mono.</summary>
    /// <param name="song">The song.</param>
    /// <param name="model">By what it was separated.</param>
    /// <param name="kept">What is known of the stems.</param>
    /// <param name="made">The stems as sound, where they are at hand.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    public async Task<PcmFile> SpeechAsync(
        Song song, StemModel model, KeptStems kept, SeparatedStems? made, CancellationToken cancellationToken)
    {
        if (kept.Vocals is { } key && await song.Memo.ReadAsync(key, Decode, cancellationToken) is { } speech)
            return speech;
        using var again = made is null ? await ReadAsync(song, model, kept, cancellationToken) : null;
        var vocals = (made ?? again!).Vocals;
        return await song.Memo.ThroughFileAsync(
            path => encoder.EncodeAsync(vocals, path, AudioFormat.WavFloat, cancellationToken: cancellationToken), Decode);

        Task<PcmFile> Decode(string path) => decoder.DecodeAsync(path, Song.SpeechRate, channels: 1, progress: null, cancellationToken);
    }

    /// <summary>Writes one stem to a file.</summary>
    public Task EncodeAsync(PcmFile stem, string path, AudioFormat format, CancellationToken cancellationToken) =>
        encoder.EncodeAsync(stem, path, format, cancellationToken: cancellationToken);

    private async Task<PcmFile?> ReadAsync(Song song, StemModel model, string? key, long frames, CancellationToken cancellationToken)
    {
        var stem = key is null ? null : await song.Memo.ReadAsync(
            key, path =>
                decoder.DecodeAsync(path, model.Separator.SampleRate, channels: 2, progress: null, cancellationToken), cancellationToken);
        if (stem is null || stem.Frames == frames)
            return stem;
        stem.Dispose();
        return null;
    }

    private Task<string?> KeepAsync(Song song, PcmFile stem, CancellationToken cancellationToken) => song.Memo.KeepFileAsync(
        StoreFolders.Stems, "audio/flac", path =>
            encoder.EncodeAsync(stem, path, KeptFormat, cancellationToken: cancellationToken), cancellationToken);
}

/// <summary>A model that separates, as one song uses it.</summary>
/// <param name="Separator">The model.</param>
/// <param name="Key">Where the song's memo keeps the stems it makes.</param>
internal sealed record StemModel(IVocalSeparator Separator, string Key);

/// <summary>Stems in the content store.</summary>
/// <param name="Vocals">The key of the vocals; null when they could not be kept.</param>
/// <param name="Instrumental">The key of the rest, likewise.</param>
/// <param name="Frames">How long each is.</param>
/// <param name="Duration">The same in seconds.</param>
/// <param name="Singing">Where someone sings.</param>
/// <param name="Warnings">What was wrong with the song's file.</param>
internal sealed record KeptStems(
    string? Vocals, string? Instrumental, long Frames, double Duration, IReadOnlyList<TimeRange> Singing, IReadOnlyList<string> Warnings);
