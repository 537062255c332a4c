using Libretto.Speech;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>
/// Decodes windows, and again, following several beginnings or drawing at several temperatures, those whose text looks invented or
/// went in circles; drops text where nobody sings.
/// </summary>
internal sealed class GuardedDecoder
{
    // Hard singing may stay under the ordinary threshold whatever is tried; this far under it, nothing was understood.
    private const double InventedLogProbability = -1.5;

    /// <summary>Beams by which a text is looked for again where the likeliest tokens led astray.</summary>
    private const int RetryBeams = 5;

    /// <summary>How hot another text is drawn where beams led astray that the user chose.</summary>
    private static readonly double[] RetryTemperatures = [0.4, 0.8];

    private const string Silent = "silent", Loop = "loop";

    /// <summary>The guard's name where attention did not stay with the text.</summary>
    public const string Unfocused = "unfocused";

    private readonly WhisperModel _model;
    private readonly WindowDecoder _decoder;
    private readonly BeamDecoder? _beam;
    private readonly BeamDecoder? _retryBeam;
    private readonly int _rows;
    private readonly bool _retries;

    /// <param name="model">The network.</param>
    /// <param name="beams">Beams of the first decoding; 1 takes the likeliest token each time.</param>
    /// <param name="rows">Sequences decoded at once at most.</param>
    /// <param name="retries">Whether another text is looked for where the first looks invented; else it is only dropped.</param>
    public GuardedDecoder(WhisperModel model, int beams, int rows, bool retries)
    {
        _retries = retries;
        _beam = beams > 1 ? new BeamDecoder(model, beams) : null;
        _retryBeam = beams < RetryBeams ? new BeamDecoder(model, RetryBeams) : null;
        _model = model;
        _decoder = new WindowDecoder(model);
        _rows = rows;
    }

    /// <summary>Decodes windows; see <see cref="WindowDecoder.Decode"/>.</summary>
    public GuardedText[] Decode(StretchDecoders audio, IReadOnlyList<WindowJob> jobs, IReadOnlyList<int> start,
        CancellationToken cancellationToken)
    {
        var first = First(audio, jobs, start, cancellationToken);
        var suspicions = first.Select(Suspicion).ToArray();
        var guards = jobs.Select(_ => new Dictionary<string, int>()).ToArray();
        for (var i = 0; i < jobs.Count; i++)
        {
            if (first[i].Looped)
                guards[i][Loop] = 1;
            // A text that went in circles says nothing of the rest of its window: that may hold words.
            if (suspicions[i] is { } suspicion && (suspicion is not Unfocused || !first[i].Looped))
                guards[i][suspicion] = 1;
        }
        int[] retried = [.. Enumerable.Range(0, jobs.Count).Where(i => _retries && IsWorthRetrying(first[i], suspicions[i]))];
        var candidates = retried.ToDictionary(i => i, i => new List<Hypothesis> { first[i] });
        foreach (var (window, text) in Retry(audio, jobs, retried, start, cancellationToken))
        {
            // Half a text that went in circles is no match for a whole one.
            if (candidates[window][0].Looped && Suspicion(text) is null)
                candidates[window].RemoveAt(0);
            candidates[window].Add(text);
        }
        return [.. jobs.Select((_, i) => Choose(candidates.GetValueOrDefault(i, [first[i]]), guards[i]))];
    }

    /// <summary>Attention that follows nothing means music, unless it followed a circle: no other text is better.</summary>
    private static bool IsWorthRetrying(Hypothesis first, string? suspicion) => suspicion switch
    {
        Silent => false,
        null or Unfocused => first.Looped,
        _ => true,
    };

    /// <summary>Other texts of some windows, in order: by beams where the likeliest tokens were taken, else drawn.</summary>
    private IEnumerable<(int Window, Hypothesis Text)> Retry(
        StretchDecoders audio, IReadOnlyList<WindowJob> jobs, int[] retried, IReadOnlyList<int> start, CancellationToken cancellationToken)
    {
        using var span = retried.Length == 0 ? null : SpeechSpans.Start(SpeechSpans.Retry);
        if (_retryBeam is not null)
            return retried.Zip(Searched(_retryBeam, audio, [.. retried.Select(i => jobs[i])], start, cancellationToken));
        var draws = from i in retried from temperature in RetryTemperatures
            select (Window: i, Job: jobs[i] with { Temperature = temperature });
        return [.. draws.Chunk(_rows).SelectMany(chunk => chunk.Zip(
            _decoder.Decode(audio, [.. chunk.Select(draw => draw.Job)], start, cancellationToken),
            (draw, text) => (draw.Window, text)))];
    }

    private Hypothesis[] First(StretchDecoders audio, IReadOnlyList<WindowJob> jobs, IReadOnlyList<int> start,
        CancellationToken cancellationToken)
    {
        using var span = SpeechSpans.Start(SpeechSpans.Text);
        return _beam is null
            ? _decoder.Decode(audio, jobs, start, cancellationToken)
            : Searched(_beam, audio, jobs, start, cancellationToken);
    }

    /// <summary>Windows side by side where the network keeps them apart; else one after another.</summary>
    private Hypothesis[] Searched(
        BeamDecoder beam, StretchDecoders audio, IReadOnlyList<WindowJob> jobs, IReadOnlyList<int> start,
        CancellationToken cancellationToken) => [.. jobs.Chunk(_model.Decoder.MixesAudio ? Math.Max(1, jobs.Count) : 1)
            .SelectMany(chunk => beam.Decode(audio, chunk, start, cancellationToken))];

    /// <summary>The guard that a text sets off; null for a sound one.</summary>
    private string? Suspicion(Hypothesis hypothesis)
    {
        // Where a part of a window is heard again, the silence before it would be taken for the part's.
        if (hypothesis.IsWhole && hypothesis.NoSpeech > DecodingThresholds.NoSpeechProbability &&
            hypothesis.MeanLogProbability < DecodingThresholds.MeanLogProbability)
            return Silent;
        if (hypothesis.IsRepetitive(_model.Tokenizer))
            return "compression";
        if (Focus(hypothesis) < CrossAttention.LowestFocus)
            return Unfocused;
        return hypothesis.MeanLogProbability < DecodingThresholds.MeanLogProbability ? "unlikely" : null;
    }

    private GuardedText Choose(List<Hypothesis> candidates, Dictionary<string, int> guards)
    {
        if (guards.ContainsKey(Silent))
            return new GuardedText(Hypothesis.Empty(candidates[0]), guards);
        // The likeliest of the sound ones; else the likeliest of those that at least stand for a sound.
        var best = candidates.OrderByDescending(c => Suspicion(c) is null).ThenByDescending(c => Focus(c) >= CrossAttention.LowestFocus)
            .ThenByDescending(c => c.MeanLogProbability).First();
        if (candidates.Count > 1)
            guards["retry"] = candidates.Count - 1;
        if (Suspicion(best) is null || (Suspicion(best) is "unlikely" && best.MeanLogProbability >= InventedLogProbability))
            return new GuardedText(best, guards);
        guards[TranscribedPiece.Dropped] = 1;
        return new GuardedText(Hypothesis.Empty(best), guards);
    }

    /// <summary>How well the text's attention stays with it; 1 where nothing is known.</summary>
    private double Focus(Hypothesis hypothesis)
    {
        if (hypothesis.Focus is { } known)
            return known;
        if (hypothesis.TextAttention(_model.Tokenizer) is not { } attention)
            return (hypothesis.Focus = 1).Value;
        var starts = attention.PositionStarts();
        hypothesis.LastFrame = starts[^1];
        return (hypothesis.Focus = attention.Focus(starts)).Value;
    }
}

/// <summary>The text a window ends up with.</summary>
/// <param name="Hypothesis">What was written.</param>
/// <param name="Guards">Which guards acted, and how often.</param>
internal sealed record GuardedText(Hypothesis Hypothesis, IReadOnlyDictionary<string, int> Guards);
