using System.IO.Compression;
using System.Text;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>What the network wrote for one window, and how sure it was.</summary>
internal sealed class Hypothesis
{
    /// <summary>The tokens written, times included, the end of text not.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>Natural logarithm of each token's probability, as many as <see cref="Tokens"/>.</summary>
    public List<float> LogProbabilities { get; } = [];

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

    /// <summary>Mean logarithm of a token's probability, the end of text included; 0 at best.</summary>
    public double MeanLogProbability => LogProbability / (Tokens.Count + 1);

    /// <summary>The rows of text tokens and the one before the first; null without text or attention.</summary>
    public CrossAttention? TextAttention(WhisperTokenizer tokenizer)
    {
        var text = Enumerable.Range(0, Tokens.Count).Where(i => tokenizer.IsText(Tokens[i])).ToArray();
        if (Attention is null || text.Length == 0)
            return null;
        // Position i chose token i, so token i itself was fed at position i + 1; a last token was not fed.
        return Attention.Pick(text.Select(i => Math.Min(i + 1, Attention.Positions - 1)).Prepend(text[0]));
    }

    /// <summary>The same window without text.</summary>
    public static Hypothesis Empty(Hypothesis of) => new() { NoSpeech = of.NoSpeech, Temperature = of.Temperature };

    /// <summary>The same text with one token more; what is shared is not copied deeply.</summary>
    public Hypothesis Continue(int token, float logProbability)
    {
        var longer = new Hypothesis
        {
            NoSpeech = NoSpeech,
            Temperature = Temperature,
            LogProbability = LogProbability + logProbability,
            Attention = Attention?.Pick(Enumerable.Range(0, Attention.Positions)),
        };
        longer.Tokens.AddRange([.. Tokens, token]);
        longer.LogProbabilities.AddRange([.. LogProbabilities, logProbability]);
        return longer;
    }

    /// <summary>How much a text repeats itself: its length over its length compressed; ordinary text is near 1.</summary>
    public static double CompressionRatio(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Trim());
        if (bytes.Length == 0)
            return 0;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(bytes);
        return (double)bytes.Length / packed.Length;
    }
}
