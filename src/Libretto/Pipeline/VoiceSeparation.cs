using Libretto.Separate;
using Libretto.Settings;

namespace Libretto.Pipeline;

/// <summary>
/// Parts the voice from the rest before words are timed, where that is wanted. Words are still taken from the mix, which engines
/// understand better; the stem tells where someone sings.
/// </summary>
internal sealed class VoiceSeparation(Separation separation, LibrettoSettings settings, TimeProvider time)
{
    /// <summary>Unless it was asked for, separation may take this share of the song's length.</summary>
    private const double TimeAllowed = 0.25;

    /// <summary>What the user wants; unless told otherwise, stems that are to be made anyway are made first where times need them.</summary>
    public SeparationMode ModeFor(SongRequest request, bool timesAreTrusted)
    {
        if (request.Separate is { } asked)
            return asked;
        if (settings.Separate is { } set)
            return Enum.Parse<SeparationMode>(set, ignoreCase: true);
        return request.KeepStems && !timesAreTrusted ? SeparationMode.Always : SeparationMode.Never;
    }

    /// <summary>Separates a song, or says why not.</summary>
    /// <param name="song">The song.</param>
    /// <param name="mode">What the user wants.</param>
    /// <param name="from">Share of the whole work before it.</param>
    /// <param name="to">And after it.</param>
    /// <param name="cancellationToken">Stops the networks and ffmpeg at once.</param>
    /// <returns>The stems; null when it is not separated.</returns>
    public async Task<SongStems?> RunAsync(Song song, SeparationMode mode, double from, double to, CancellationToken cancellationToken)
    {
        if (mode == SeparationMode.Never)
            return null;
        if (mode == SeparationMode.Auto && !separation.IsInstalled)
        {
            song.Notice($"The voice is not separated because no model for it is installed. Fetch one with: libretto models pull {Separation.DefaultModel}");
            return null;
        }
        song.Meter.Enter(Stage.Separate, from, to, "separating the voice");
        var way = await separation.OpenAsync(song, model: null, cancellationToken);
        if (await way.RecallAsync(cancellationToken) is { } known)
        {
            song.Meter.Found("the voice was found in the cache");
            return known;
        }
        var decisionKey = song.Memo.Key("separation-decision", way.Key, $"{mode}", $"{Environment.ProcessorCount}");
        var decision = await song.Memo.FindAsync(decisionKey, StageJson.Default.SeparationDecision, cancellationToken);
        if (decision is { Separate: false })
        {
            song.Notice(decision.Reason);
            return null;
        }
        using var mix = await way.DecodeAsync(null, cancellationToken);
        decision ??= await new SeparationPolicy(way.Separator, time)
            .DecideAsync(mix, mode, TimeSpan.FromSeconds(mix.Duration * TimeAllowed), cancellationToken);
        song.Notice(decision.Reason);
        if (!decision.Separate)
        {
            await song.Memo.KeepAsync(decisionKey, decision, StageJson.Default.SeparationDecision, cancellationToken);
            return null;
        }
        song.Meter.By(way.Separator.Name);
        return await way.RunAsync(mix, song.Meter.Step(), cancellationToken);
    }
}
