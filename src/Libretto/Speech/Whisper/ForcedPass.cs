using System.Numerics.Tensors;
using Libretto.Speech.Timing;

namespace Libretto.Speech.Whisper;

/// <summary>
/// One pass of Whisper's decoder over text that is already known: what each token looked at and how likely it was. After
/// <c>timing.py</c> of openai/whisper (MIT).
/// </summary>
internal static class ForcedPass
{
    /// <summary>Feeds known text.</summary>
    /// <param name="model">The network.</param>
    /// <param name="audio">What is heard.</param>
    /// <param name="text">What is said in it.</param>
    /// <param name="language">The language code of what is sung.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="translate">Whether the text is the English of what is sung in another language.</param>
    public static ForcedReading Run(
        WhisperModel model, IDecoderAudio audio, ForcedText text, string language, CancellationToken cancellationToken,
        bool translate = false)
    {
        using var span = SpeechSpans.Start(SpeechSpans.WordTimes);
        var tokenizer = model.Tokenizer;
        int[] start = [.. model.StartTokens(language, translate), tokenizer.NoTimestamps];
        if (start.Length + text.Tokens.Count + 1 > model.Config.MaxTokens)
            throw new ArgumentException(
                $"The text is longer than the {model.Config.MaxTokens - start.Length - 1} tokens the model reads.", nameof(text));

        using var decoder = model.Decoder.Begin([audio], 1);
        decoder.Step([.. start.Concat(text.Tokens).Append(tokenizer.EndOfText).Select(token => (long)token)], cancellationToken);
        var attention = new CrossAttention(model.Config.AlignmentHeads.Count, text.Frames);
        if (model.Decoder.HasAttention)
            for (var position = start.Length - 1; position < start.Length + text.Tokens.Count; position++)
                decoder.AddAttention(attention, 0, position);
        return new ForcedReading(attention, text.WantsProbabilities ? Probabilities(decoder, text, start.Length, tokenizer) : []);
    }

    private static float[] Probabilities(ISequenceDecoder decoder, ForcedText text, int first, WhisperTokenizer tokenizer)
    {
        var probabilities = new float[text.Tokens.Count];
        var softmax = new float[tokenizer.EndOfText];
        for (var i = 0; i < probabilities.Length; i++)
        {
            var logits = decoder.Logits(0, first - 1 + i)[..softmax.Length];
            TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), softmax); // the largest is 0, so that no power overflows
            TensorPrimitives.SoftMax(softmax, softmax);
            probabilities[i] = softmax[text.Tokens[i]];
        }
        return probabilities;
    }
}

/// <summary>Text said in a stretch of audio.</summary>
/// <param name="Frames">Encoder frames of real audio.</param>
/// <param name="Tokens">Text tokens.</param>
/// <param name="WantsProbabilities">Whether it is asked how likely they are, which takes a third of the time.</param>
internal readonly record struct ForcedText(int Frames, IReadOnlyList<int> Tokens, bool WantsProbabilities = true);

/// <summary>What the network made of known text.</summary>
/// <param name="Attention">Position 0 is before the first token, position k+1 the k-th token; empty where it does not tell.</param>
/// <param name="Probabilities">Each token's, 0 to 1, among text tokens; none unless they were asked for.</param>
internal sealed record ForcedReading(CrossAttention Attention, float[] Probabilities);
