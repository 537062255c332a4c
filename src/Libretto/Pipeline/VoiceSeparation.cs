using Libretto.Audio;
using Libretto.Separate;
using Libretto.Settings;

namespace Libretto.Pipeline;

/// <summary>
/// Parts the voice from the rest before words are timed, where that is wanted. Words are still taken from the mix, which engines
/// understand better; the stem tells where someone sings.
/// </summary>
internal sealed class VoiceSeparation(StemPipeline stems, LibrettoSettings settings, TimeProvider time)
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
    /// <param name="info">The song.</param>
    /// <param name="mode">What the user wants.</param>
    /// <param name="meter">In the step that separation is.</param>
    /// <param name="notice">Told what was decided and why.</param>
    /// <param name="cancellationToken">Stops the networks and ffmpeg at once.</param>
    /// <returns>The voice; null when it is not separated.</returns>
    public async Task<SeparatedVoice?> RunAsync(
        AudioInfo info, SeparationMode mode, ProgressMeter meter, Action<string> notice, CancellationToken cancellationToken)
    {
        if (mode == SeparationMode.Never)
            return null;
        if (mode == SeparationMode.Auto && !stems.IsInstalled(StemPipeline.DefaultModel))
        {
            notice($"The voice is not separated because no model for it is installed. Fetch one with: libretto models pull {StemPipeline.DefaultModel}");
            return null;
        }
        var separator = await stems.OpenAsync(StemPipeline.DefaultModel, meter, cancellationToken);
        using var mix = await stems.DecodeAsync(info, separator, progress: null, cancellationToken);
        var decision = await new SeparationPolicy(separator, time)
            .DecideAsync(mix, mode, TimeSpan.FromSeconds(mix.Duration * TimeAllowed), cancellationToken);
        notice(decision.Reason);
        if (!decision.Separate)
            return null;
        var parts = await separator.SeparateAsync(mix, meter.Step(), cancellationToken);
        return await ListenAsync(separator.Name, parts, cancellationToken);
    }

    private static async Task<SeparatedVoice> ListenAsync(string model, SeparatedStems parts, CancellationToken cancellationToken)
    {
        try
        {
            var activity = await Task.Run(
                () => ActivityDetector.Detect(parts.Vocals, ActivityOptions.ForStem, cancellationToken), cancellationToken);
            return new SeparatedVoice(model, parts, activity);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }
}

/// <summary>A song's stems and where someone sings in them.</summary>
/// <param name="model">The separation model's name.</param>
/// <param name="stems">Disposed of with this, unless they were taken.</param>
/// <param name="activity">Where someone sings, in order.</param>
internal sealed class SeparatedVoice(string model, SeparatedStems stems, IReadOnlyList<TimeRange> activity) : IDisposable
{
    private SeparatedStems? _stems = stems;

    public string Model => model;

    public IReadOnlyList<TimeRange> Activity => activity;

    /// <summary>The stems, which the caller disposes of from now on.</summary>
    public SeparatedStems? Take()
    {
        var taken = _stems;
        _stems = null;
        return taken;
    }

    public void Dispose() => _stems?.Dispose();
}
