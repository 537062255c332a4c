using System.Numerics.Tensors;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>
/// Which token may come next: suppressed ones never, times in pairs and in order, a time first and not late. After
/// <c>decoding.py</c> of openai/whisper (MIT).
/// </summary>
internal sealed class TokenRules
{
    private readonly WhisperTokenizer _tokenizer;
    private readonly int[] _suppressed;
    private readonly int[] _suppressedAtBegin;
    private readonly int _latestFirst;

    public TokenRules(WhisperModel model)
    {
        _tokenizer = model.Tokenizer;
        // The commands are suppressed too, whatever generation_config.json lists; only the end of text can be chosen.
        var commands = Enumerable.Range(_tokenizer.EndOfText + 1, _tokenizer.FirstTime - _tokenizer.EndOfText - 1);
        _suppressed = [.. model.Config.Suppressed.Concat(commands).Distinct().Where(t => t < model.Config.VocabularySize)];
        _suppressedAtBegin = [.. model.Config.SuppressedAtBegin];
        _latestFirst = _tokenizer.FirstTime + model.Config.MaxInitialTime;
    }

    /// <summary>Makes scores into log probabilities of the tokens that may come next; the others are at negative infinity.</summary>
    /// <param name="scores">The network's scores of every token; overwritten.</param>
    /// <param name="written">The tokens written so far, times included.</param>
    public void Apply(Span<float> scores, IReadOnlyList<int> written)
    {
        foreach (var token in _suppressed)
            scores[token] = float.NegativeInfinity;
        if (written.Count == 0)
            foreach (var token in _suppressedAtBegin)
                scores[token] = float.NegativeInfinity;

        var firstTime = _tokenizer.FirstTime;
        var text = scores[..firstTime];
        var times = scores[firstTime..];
        var lastIsTime = written.Count > 0 && _tokenizer.IsTime(written[^1]);
        var lastTwoAreTimes = lastIsTime && (written.Count < 2 || _tokenizer.IsTime(written[^2]));
        if (lastTwoAreTimes)
            times.Fill(float.NegativeInfinity);
        else if (lastIsTime)
            text[.._tokenizer.EndOfText].Fill(float.NegativeInfinity);

        if (LastTime(written) is { } last)
            // A pair may share one time; but text takes time.
            times[..(last - firstTime + (lastIsTime && !lastTwoAreTimes ? 0 : 1))].Fill(float.NegativeInfinity);
        if (written.Count == 0)
        {
            text.Fill(float.NegativeInfinity);
            scores[(_latestFirst + 1)..].Fill(float.NegativeInfinity);
        }

        var timeMass = LogSum(times);
        if (timeMass > TensorPrimitives.Max<float>(text))
            text.Fill(float.NegativeInfinity);
        TensorPrimitives.Subtract(scores, LogSum(scores), scores);
    }

    private int? LastTime(IReadOnlyList<int> written)
    {
        for (var i = written.Count - 1; i >= 0; i--)
            if (_tokenizer.IsTime(written[i]))
                return written[i];
        return null;
    }

    /// <summary>Logarithm of the sum of exponentials.</summary>
    private static float LogSum(ReadOnlySpan<float> scores)
    {
        var most = TensorPrimitives.Max(scores);
        if (float.IsNegativeInfinity(most))
            return most;
        Span<float> block = stackalloc float[1024];
        double sum = 0;
        for (var at = 0; at < scores.Length; at += block.Length)
        {
            var part = block[..Math.Min(block.Length, scores.Length - at)];
            TensorPrimitives.Subtract(scores.Slice(at, part.Length), most, part);
            TensorPrimitives.Exp<float>(part, part);
            sum += TensorPrimitives.Sum<float>(part);
        }
        return most + (float)Math.Log(sum);
    }
}
