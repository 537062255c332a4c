using System.Numerics.Tensors;
using Libretto.Speech.Timing;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech.Whisper;

/// <summary>
/// One pass of Whisper's decoder over text that is already known: what each token looked at and how likely it was. After
/// <c>timing.py</c> of openai/whisper (MIT).
/// </summary>
internal static class ForcedPass
{
    /// <summary>Feeds known text.</summary>
    /// <param name="model">The network.</param>
    /// <param name="states">The encoder's hidden states.</param>
    /// <param name="texts">What is said in which row of the states.</param>
    /// <param name="language">The language code of what is sung.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="translate">Whether the text is the English of what is sung in another language.</param>
    /// <returns>A reading a text, in order.</returns>
    public static ForcedReading[] Run(
        WhisperModel model, OrtValue states, IReadOnlyList<ForcedText> texts, string language, CancellationToken cancellationToken,
        bool translate = false)
    {
        using var span = SpeechSpans.Start(SpeechSpans.WordTimes);
        var tokenizer = model.Tokenizer;
        int[] start = [.. model.StartTokens(language, translate), tokenizer.NoTimestamps];
        var width = start.Length + texts.Max(t => t.Tokens.Count) + 1;
        if (width > model.Config.MaxTokens)
            throw new ArgumentException(
                $"A text is longer than the {model.Config.MaxTokens - start.Length - 1} tokens the model reads.", nameof(texts));

        using var decoder = new WhisperDecoder(model, states, [.. texts.Select(t => t.Row)]);
        var fed = texts.SelectMany(text => start.Concat(text.Tokens).Concat(Enumerable.Repeat(tokenizer.EndOfText, width)).Take(width));
        decoder.Step([.. fed.Select(t => (long)t)], cancellationToken);
        return [.. texts.Select((text, row) => Read(model, decoder, text, row, start.Length))];
    }

    private static ForcedReading Read(WhisperModel model, WhisperDecoder decoder, ForcedText text, int row, int first)
    {
        var attention = new CrossAttention(model.Config.AlignmentHeads.Count, text.Frames);
        for (var position = first - 1; position < first + text.Tokens.Count; position++)
            decoder.AddAttention(attention, row, position);

        var probabilities = new float[text.Tokens.Count];
        var softmax = new float[model.Tokenizer.EndOfText];
        for (var i = 0; i < probabilities.Length; i++)
        {
            var logits = decoder.Logits(row, first - 1 + i)[..softmax.Length];
            TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), softmax); // the largest is 0, so that no power overflows
            TensorPrimitives.SoftMax(softmax, softmax);
            probabilities[i] = softmax[text.Tokens[i]];
        }
        return new ForcedReading(attention, probabilities);
    }
}

/// <summary>Text said in a window.</summary>
/// <param name="Row">The window's row of the encoder's states.</param>
/// <param name="Frames">Encoder frames of real audio.</param>
/// <param name="Tokens">Text tokens.</param>
internal readonly record struct ForcedText(int Row, int Frames, IReadOnlyList<int> Tokens);

/// <summary>What the network made of known text.</summary>
/// <param name="Attention">Position 0 is before the first token, position k+1 the k-th token.</param>
/// <param name="Probabilities">Each token's, 0 to 1, among text tokens.</param>
internal sealed record ForcedReading(CrossAttention Attention, float[] Probabilities);
