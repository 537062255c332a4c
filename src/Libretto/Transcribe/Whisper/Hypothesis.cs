using Libretto.Lyrics.Writing;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>What the network wrote for one window, and how sure it was.</summary>
internal sealed class Hypothesis
{
    private readonly int _given;

    /// <param name="given">Tokens that it begins with and that were not chosen by the network.</param>
    public Hypothesis(IReadOnlyList<int> given)
    {
        _given = given.Count;
        Tokens = [.. given];
        LogProbabilities = [.. given.Select(_ => 0f)];
    }

    /// <summary>Whether the network found the first time itself.</summary>
    public bool IsWhole => _given == 0;

    /// <summary>The tokens written, times included, the end of text not.</summary>
    public List<int> Tokens { get; }

    /// <summary>Natural logarithm of each token's probability, as many as <see cref="Tokens"/>.</summary>
    public List<float> LogProbabilities { get; }

    /// <summary>How likely the window holds no speech, 0 to 1, by the network.</summary>
    public double NoSpeech { get; init; }

    /// <summary>How hot the sampling was; 0 for the likeliest tokens.</summary>
    public double Temperature { get; init; }

    /// <summary>Whether writing was stopped because it went in circles.</summary>
    public bool Looped { get; set; }

    /// <summary>Sum of the logarithms, the end of text included.</summary>
    public double LogProbability { get; set; }

    /// <summary>What was looked at when each token was chosen, if the export tells: position i chose token i.</summary>
    public CrossAttention? Attention { get; init; }

    /// <summary>How much of the attention lay where the words are, 0 to 1; null until measured.</summary>
    public double? Focus { get; set; }

    /// <summary>The frame at which attention came to the last text token; null until measured.</summary>
    public int? LastFrame { get; set; }

    /// <summary>
    /// The frame at which the text ends: the time written last, else where attention was last; null without text or where nothing tells.
    /// </summary>
    public int? TextEnd(WhisperTokenizer tokenizer) =>
        !Tokens.Any(tokenizer.IsText) ? null : tokenizer.IsTime(Tokens[^1]) ? Tokens[^1] - tokenizer.FirstTime : LastFrame;

    /// <summary>The tokens of its text, without times.</summary>
    public int[] TextTokens(WhisperTokenizer tokenizer) => [.. Tokens.Where(tokenizer.IsText)];

    /// <summary>Whether its text repeats itself more than words do.</summary>
    public bool IsRepetitive(WhisperTokenizer tokenizer) =>
        Repetition.CompressionRatio(tokenizer.Decode(TextTokens(tokenizer))) > DecodingThresholds.CompressionRatio;

    /// <summary>Mean logarithm of a token's probability, the end of text included; 0 at best.</summary>
    public double MeanLogProbability => LogProbability / (Tokens.Count - _given + 1);

    /// <summary>The rows of text tokens and the one before the first; null without text or attention.</summary>
    public CrossAttention? TextAttention(WhisperTokenizer tokenizer)
    {
        var text = Enumerable.Range(0, Tokens.Count).Where(i => tokenizer.IsText(Tokens[i])).ToArray();
        if (Attention is null || text.Length == 0)
            return null;
        // Position i chose token i of those that were not given, so it was itself fed at position i + 1; a last token was not fed.
        return Attention.Pick(text.Select(i => Math.Min(i - _given + 1, Attention.Positions - 1)).Prepend(text[0] - _given));
    }

    /// <summary>The same window without text.</summary>
    public static Hypothesis Empty(Hypothesis of) => new([]) { NoSpeech = of.NoSpeech, Temperature = of.Temperature };

    /// <summary>The same text with one token more; what is shared is not copied deeply.</summary>
    public Hypothesis Continue(int token, float logProbability)
    {
        var longer = new Hypothesis([.. Tokens.Take(_given)])
        {
            NoSpeech = NoSpeech,
            Temperature = Temperature,
            LogProbability = LogProbability + logProbability,
            Attention = Attention?.Pick(Enumerable.Range(0, Attention.Positions)),
        };
        longer.Tokens.AddRange([.. Tokens.Skip(_given), token]);
        longer.LogProbabilities.AddRange([.. LogProbabilities.Skip(_given), logProbability]);
        return longer;
    }
}
