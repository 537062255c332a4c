using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Pipeline.Memo;
using Libretto.Separate;

namespace Libretto.Pipeline.Stems;

/// <summary>Parts one song by one model, keeps what came of it, and finds it again.</summary>
internal sealed class SongSeparation(Song song, IVocalSeparator separator, string key, AudioDecoder decoder, AudioEncoder encoder)
{
    /// <summary>How stems are kept: as they are written unless told otherwise, so that they need only be copied.</summary>
    public const AudioFormat KeptFormat = AudioFormat.Flac24;

    public IVocalSeparator Separator => separator;

    /// <summary>Where the memo keeps the stems.</summary>
    public string Key => key;

    /// <summary>The stems as they were kept; null when they were not, or one is gone.</summary>
    public async Task<KeptStems?> RecallAsync(CancellationToken cancellationToken)
    {
        if (await song.Memo.FindAsync(key, StageJson.Default.KeptStems, cancellationToken) is not { } kept ||
            !await song.Memo.HoldsAsync(kept.Vocals!, cancellationToken) ||
            !await song.Memo.HoldsAsync(kept.Instrumental!, cancellationToken))
            return null;
        song.Warn(kept.Warnings);
        return kept;
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
    public async Task<(SeparatedStems Made, KeptStems Kept)> RunAsync(PcmFile mix, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var made = await separator.SeparateAsync(mix, progress, cancellationToken);
        try
        {
            var singing = await Task.Run(() => ActivityDetector.Detect(made.Vocals, ActivityOptions.ForStem, cancellationToken), cancellationToken);
            var keys = await Task.WhenAll(KeepAsync(made.Vocals, cancellationToken), KeepAsync(made.Accompaniment, cancellationToken));
            var kept = new KeptStems(keys[0], keys[1], made.Vocals.Frames, made.Vocals.Duration, singing, song.Warn(mix.Warnings));
            if (kept is { Vocals: not null, Instrumental: not null })
                await song.Memo.KeepAsync(key, kept, StageJson.Default.KeptStems, cancellationToken);
            return (made, kept);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Kept stems as sound, or separated once more where they are gone or damaged.</summary>
    public async Task<SeparatedStems> ReadAsync(KeptStems kept, CancellationToken cancellationToken)
    {
        if (await ReadAsync(kept.Vocals!, kept.Frames, cancellationToken) is { } vocals)
        {
            if (await ReadAsync(kept.Instrumental!, kept.Frames, cancellationToken) is { } instrumental)
                return new SeparatedStems(vocals, instrumental);
            vocals.Dispose();
        }
        using var mix = await DecodeAsync(null, cancellationToken);
        return await separator.SeparateAsync(mix, null, cancellationToken);
    }

    /// <summary>The voice, 16 kHz mono.</summary>
    /// <param name="kept">What is known of the stems.</param>
    /// <param name="made">The stems as sound, where they are at hand.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    public async Task<PcmFile> SpeechAsync(KeptStems kept, SeparatedStems? made, CancellationToken cancellationToken)
    {
        if (kept.Vocals is { } voice && await song.Memo.ReadAsync(voice, Decode, cancellationToken) is { } speech)
            return speech;
        using var again = made is null ? await ReadAsync(kept, cancellationToken) : null;
        var vocals = (made ?? again!).Vocals;
        return await song.Memo.ThroughFileAsync(
            path => encoder.EncodeAsync(vocals, path, AudioFormat.WavFloat, cancellationToken: cancellationToken), Decode);

        Task<PcmFile> Decode(string path) => decoder.DecodeAsync(path, Song.SpeechRate, channels: 1, progress: null, cancellationToken);
    }

    private async Task<PcmFile?> ReadAsync(string stemKey, long frames, CancellationToken cancellationToken)
    {
        var stem = await song.Memo.ReadAsync(
            stemKey, path => decoder.DecodeAsync(path, separator.SampleRate, channels: 2, progress: null, cancellationToken), cancellationToken);
        if (stem is null || stem.Frames == frames)
            return stem;
        stem.Dispose();
        return null;
    }

    private Task<string?> KeepAsync(PcmFile stem, CancellationToken cancellationToken) => song.Memo.KeepFileAsync(
        "stems", "audio/flac", path => encoder.EncodeAsync(stem, path, KeptFormat, cancellationToken: cancellationToken), cancellationToken);
}

/// <summary>Stems in the content store.</summary>
/// <param name="Vocals">The key of the voice; null when it could not be kept.</param>
/// <param name="Instrumental">The key of the rest, likewise.</param>
/// <param name="Frames">How long each is.</param>
/// <param name="Duration">The same in seconds.</param>
/// <param name="Singing">Where someone sings.</param>
/// <param name="Warnings">What was wrong with the song's file.</param>
internal sealed record KeptStems(
    string? Vocals, string? Instrumental, long Frames, double Duration, IReadOnlyList<TimeRange> Singing, IReadOnlyList<string> Warnings);
