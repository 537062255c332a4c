using System.Globalization;
using System.Numerics.Tensors;
using Libretto.Audio;

namespace Libretto.Separate;

/// <summary>Whether to separate before the words are timed.</summary>
public enum SeparationMode
{
    /// <summary>Where there is accompaniment and the time allows it.</summary>
    Auto,

    /// <summary>In any case.</summary>
    Always,

    /// <summary>In no case.</summary>
    Never,
}

/// <summary>What was decided and why.</summary>
/// <param name="Separate">Whether to separate.</param>
/// <param name="Reason">A sentence for the user.</param>
public sealed record SeparationDecision(bool Separate, string Reason)
{
    /// <summary>Whether a voice was found that nothing accompanies: the recording is its own vocal stem.</summary>
    public bool IsVoiceAlone { get; init; }
}

/// <summary>
/// Decides by trying: the loudest parts of both halves of a song are separated, one run of the networks each, which shows both how
/// loud the accompaniment is and how long the whole would take.
/// </summary>
public sealed class SeparationPolicy
{
    private const double HardlyAnyAccompaniment = -25;
    private const double Silence = 1e-9;

    private readonly IVocalSeparator _separator;
    private readonly TimeProvider _time;

    /// <summary>Creates the policy.</summary>
    /// <param name="separator">What would separate.</param>
    /// <param name="time">Measures how long it takes; the system's clock when null.</param>
    public SeparationPolicy(IVocalSeparator separator, TimeProvider? time = null)
    {
        _separator = separator;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Decides for a song; the errors are those of <see cref="IVocalSeparator.SeparateAsync"/>.</summary>
    /// <param name="mix">The song, stereo at the separator's rate.</param>
    /// <param name="mode">What the user wants.</param>
    /// <param name="timeAllowed">How long the separation may take; as long as it likes when null.</param>
    /// <param name="cancellationToken">Stops the trial.</param>
    public async Task<SeparationDecision> DecideAsync(
        PcmFile mix, SeparationMode mode, TimeSpan? timeAllowed = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mix);
        if (mode != SeparationMode.Auto)
            return mode == SeparationMode.Always
                ? new(true, "The vocals are separated because it was asked for.")
                : new(false, "The vocals are not separated because that was asked for.");

        double vocals = 0, accompaniment = 0;
        var estimate = TimeSpan.Zero;
        foreach (var start in LoudestBlocks(mix, _separator.BlockFrames, cancellationToken))
        {
            using var piece = Cut(mix, start, _separator.BlockFrames);
            var began = _time.GetTimestamp();
            using var stems = await _separator.SeparateAsync(piece, null, cancellationToken);
            // The last trial counts: the first has to load the networks.
            estimate = _time.GetElapsedTime(began) * (mix.Duration / piece.Duration);
            vocals += Energy(stems.Vocals);
            accompaniment += Energy(stems.Accompaniment);
        }
        return Judge(vocals, accompaniment, estimate, timeAllowed);
    }

    internal static SeparationDecision Judge(double vocals, double accompaniment, TimeSpan estimate, TimeSpan? allowed)
    {
        if (vocals + accompaniment < Silence)
            return new(false, "The vocals are not separated because the recording is silent.");
        var level = 10 * Math.Log10((accompaniment + Silence) / (vocals + Silence));
        var decibels = Math.Abs(level).ToString("0", CultureInfo.InvariantCulture);
        if (level < HardlyAnyAccompaniment)
        {
            var why = "The vocals are not separated because hardly anything was found to accompany them " +
                $"({decibels} dB softer than they are).";
            return new(false, why) { IsVoiceAlone = true };
        }
        if (estimate > allowed)
            return new(
                false,
                $"The vocals are not separated because that would take about {Seconds(estimate)}, and {Seconds(allowed.Value)} are " +
                "allowed.");
        var howLoud = level < 0 ? "softer" : "louder";
        return new(true, $"The vocals are separated because they are accompanied ({decibels} dB {howLoud} than they are).");
    }

    /// <summary>
    /// The first frame of the loudest block of the first half and of that of the second; one block where the song is short.
    /// </summary>
    private static IEnumerable<long> LoudestBlocks(PcmFile mix, int frames, CancellationToken cancellationToken)
    {
        var buffer = new float[frames * mix.Channels];
        var blocks = new List<(long Start, float Energy)>();
        for (long start = 0; start == 0 || start + frames <= mix.Frames; start += frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            mix.Read(start, buffer);
            blocks.Add((start, TensorPrimitives.SumOfSquares<float>(buffer)));
        }
        return blocks.Chunk((blocks.Count + 1) / 2).Select(half => half.MaxBy(block => block.Energy).Start);
    }

    private static PcmFile Cut(PcmFile mix, long start, int frames)
    {
        var samples = new float[(int)Math.Min(frames, mix.Frames - start) * mix.Channels];
        mix.Read(start, samples);
        var piece = new PcmFile(mix.SampleRate, mix.Channels);
        piece.Append(samples);
        return piece;
    }

    private static double Energy(PcmFile file)
    {
        var samples = new float[file.Frames * file.Channels];
        file.Read(0, samples);
        return TensorPrimitives.SumOfSquares<float>(samples);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s";
}
