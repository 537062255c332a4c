using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Models;
using Libretto.Pipeline.Memo;
using Libretto.Separate;
using Libretto.Settings;

namespace Libretto.Pipeline.Stems;

/// <summary>
/// Decides whether a song is separated before its words are timed, and has it done. Words are still taken from the mix, which engines
/// understand better; the vocal stem tells where someone sings. A recording that is a voice alone is its own stem.
/// </summary>
internal sealed class VocalSeparation(StemSeparation separation, LibrettoSettings settings, TimeProvider time)
{
    /// <summary>Unless it was asked for, separation may take this share of the song's length.</summary>
    private const double TimeAllowed = 0.25;

    /// <summary>How much time a song may take.</summary>
    public SongQuality QualityOf(SongRequest request) => request.Quality ?? Enum.Parse<SongQuality>(settings.Quality, ignoreCase: true);

    /// <summary>
    /// What the user wants; unless told otherwise, stems that are to be made anyway are made first where times need them.
    /// </summary>
    public SeparationMode ModeFor(SongRequest request, bool timesAreTrusted)
    {
        if (request.Separate is { } asked)
            return asked;
        if (settings.Separate is { } set)
            return Enum.Parse<SeparationMode>(set, ignoreCase: true);
        return QualityOf(request) switch
        {
            SongQuality.Best => SeparationMode.Auto,
            SongQuality.Normal when request.KeepStems && !timesAreTrusted => SeparationMode.Always,
            SongQuality.Normal when request.Lyrics is not null => SeparationMode.Auto,
            _ => SeparationMode.Never,
        };
    }

    /// <summary>Whether a song may be separated after all, once it has been heard, because little of it was understood.</summary>
    public bool MayFollow(SongRequest request) =>
        QualityOf(request) != SongQuality.Fast && request.Separate is null && settings.Separate is null;

    /// <summary>Whether the model that separates when none is named is at hand.</summary>
    public bool IsInstalled => separation.IsInstalled;

    /// <summary>Separates a song, or says why not.</summary>
    /// <param name="song">The song.</param>
    /// <param name="stems">Its stems, made here if they are to be.</param>
    /// <param name="mode">What the user wants.</param>
    /// <param name="takesLong">Whether it may take as long as it likes.</param>
    /// <param name="cancellationToken">Stops the networks and ffmpeg at once.</param>
    /// <returns>The voice; null when it is not known apart from the song.</returns>
    public async Task<VocalStem?> RunAsync(
        Song song, SongStems stems, SeparationMode mode, bool takesLong, CancellationToken cancellationToken)
    {
        if (mode == SeparationMode.Never)
            return null;
        if (mode == SeparationMode.Auto && !separation.IsInstalled && await LackAsync(song, cancellationToken) is { } lack)
        {
            song.Notice(
                $"The vocals are not separated because {lack}. Words are timed in the whole song instead: ends of lines and held words " +
                $"are less exact. Fetch one with: libretto models pull {StemSeparation.DefaultModel}");
            return null;
        }
        song.Meter.Enter(WorkStep.Separate, "separating the vocals");
        var model = await stems.OpenAsync(cancellationToken);
        // How long it may take depends on the machine.
        var key = song.Memo.Key("separation-decision", model.Key, $"{mode}", takesLong ? "" : $"{Environment.ProcessorCount}");
        if (!await stems.RecallAsync(cancellationToken) &&
            await SkipOrSeparateAsync(song, stems, model, key, mode, takesLong, cancellationToken) is { } whole)
        {
            song.Notice(whole.Reason);
            return whole.Singing is null ? null : new VocalStem(null, key, whole.Singing, token => song.SpeechAsync(null, token));
        }
        return new VocalStem(model.Separator.Name, model.Key, stems.Singing, stems.SpeechAsync);
    }

    /// <summary>Why there is no model to separate with, where none could be fetched or none is to be; else null.</summary>
    private async Task<string?> LackAsync(Song song, CancellationToken cancellationToken)
    {
        if (settings.Fetch != LibrettoSettings.FetchDefault)
            return "no model for it is installed";
        var trouble = await separation.EnsureAsync(
            new SynchronousProgress<ModelProgress>(song.Meter.Fetching),
            cancellationToken,
            entry => song.Notice(
                $"Fetching {entry.Name} once ({entry.DownloadBytes / 1_000_000} MB): it separates the vocals, by which words are timed. " +
                "'--separate never' does without; LIBRETTO_FETCH=never fetches nothing."));
        return trouble is not null
            ? $"no model for it is installed, and none could be fetched ({trouble.TrimEnd('.')})" : null;
    }

    /// <summary>Separates the song if that is worth it; else what is known of it whole, which is kept for the next time.</summary>
    private async Task<SkippedSeparation?> SkipOrSeparateAsync(
        Song song, SongStems stems, StemModel model, string key, SeparationMode mode, bool takesLong, CancellationToken cancellationToken)
    {
        if (await song.Memo.FindAsync(key, StageJson.Default.SkippedSeparation, cancellationToken) is { } known)
            return known;
        using var mix = await stems.DecodeAsync(cancellationToken);
        var decision = await new SeparationPolicy(model.Separator, time)
            .DecideAsync(mix, mode, takesLong ? null : TimeSpan.FromSeconds(mix.Duration * TimeAllowed), cancellationToken);
        if (decision.Separate)
        {
            song.Notice(decision.Reason);
            await stems.SeparateAsync(mix, cancellationToken);
            return null;
        }
        var singing = decision.IsVoiceAlone
            ? await Task.Run(() => ActivityDetector.Detect(mix, ActivityOptions.ForStem, cancellationToken), cancellationToken)
            : null;
        var whole = new SkippedSeparation(decision.Reason, singing);
        await song.Memo.KeepAsync(key, whole, StageJson.Default.SkippedSeparation, cancellationToken);
        return whole;
    }
}

/// <summary>A song that is not worth separating.</summary>
/// <param name="Reason">Why, in a sentence for the user.</param>
/// <param name="Singing">Where someone sings, if it is a voice alone; else null.</param>
internal sealed record SkippedSeparation(string Reason, IReadOnlyList<TimeRange>? Singing);

/// <summary>What is known of a song by its voice.</summary>
/// <param name="Model">The separation model's name; null for a recording that is a voice alone, and was left as it is.</param>
/// <param name="Key">Where the memo keeps the stems, or what is known of the voice.</param>
/// <param name="Singing">Where someone sings, in order.</param>
/// <param name="SpeechAsync">The voice itself as recognisers want it, 16 kHz mono; it belongs to the stems or the song.</param>
internal sealed record VocalStem(
    string? Model, string Key, IReadOnlyList<TimeRange> Singing, Func<CancellationToken, Task<PcmFile>> SpeechAsync);
