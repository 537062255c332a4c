using System.Buffers;
using System.Numerics.Tensors;
using Libretto.Speech;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>Writes the text of several windows at once, the likeliest token each time or, at a temperature, a drawn one.</summary>
internal sealed class WindowDecoder
{
    /// <summary>Half of the network's positions; the other half is for the prompt. No one sings 224 tokens in 30 s.</summary>
    public const int LongestText = 224;

    private readonly WhisperModel _model;
    private readonly TokenRules _rules;

    public WindowDecoder(WhisperModel model)
    {
        _model = model;
        _rules = new TokenRules(model);
    }

    /// <summary>Decodes windows.</summary>
    /// <param name="audio">The recording.</param>
    /// <param name="jobs">What to decode, the same stretch perhaps several times.</param>
    /// <param name="start">The tokens to start with: prompt, start, language, task.</param>
    /// <param name="cancellationToken">Checked before every step.</param>
    /// <returns>A hypothesis a job, in order.</returns>
    public Hypothesis[] Decode(StretchDecoders audio, IReadOnlyList<WindowJob> jobs, IReadOnlyList<int> start,
        CancellationToken cancellationToken)
    {
        using var decoder = audio.Begin([.. jobs.Select(job => job.Stretch)], jobs.Count, cancellationToken);
        decoder.Step([.. jobs.SelectMany(job => start.Concat(job.Given)).Select(t => (long)t)], cancellationToken);

        var hypotheses = jobs.Select((job, row) => Begin(_model, decoder, row, job, start)).ToArray();
        var draws = jobs.Select(job => new Random(job.Seed)).ToArray();
        var active = Enumerable.Range(0, jobs.Count).ToList();
        var scores = new float[_model.Config.VocabularySize];
        var longest = Math.Min(LongestText, _model.Config.MaxTokens - start.Count);
        while (true)
        {
            for (var row = active.Count - 1; row >= 0; row--)
            {
                var hypothesis = hypotheses[active[row]];
                if (hypothesis.Attention is not null)
                    decoder.AddAttention(hypothesis.Attention, row, decoder.Width - 1);
                decoder.Logits(row, decoder.Width - 1).CopyTo(scores);
                if (Write(hypothesis, scores, draws[active[row]]) && hypothesis.Tokens.Count < longest)
                    continue;
                decoder.DropRow(row);
                active[row] = active[^1];
                active.RemoveAt(active.Count - 1);
            }
            if (active.Count == 0)
                return hypotheses;
            decoder.Step([.. active.Select(job => (long)hypotheses[job].Tokens[^1])], cancellationToken);
        }
    }

    /// <summary>An empty hypothesis; no-speech is read where the transcript starts, before anything is suppressed.</summary>
    public static Hypothesis Begin(WhisperModel model, ISequenceDecoder decoder, int row, WindowJob job, IReadOnlyList<int> start)
    {
        var startOfTranscript = start.ToList().IndexOf(model.Tokenizer.StartOfTranscript);
        var probabilities = new float[model.Config.VocabularySize];
        TensorPrimitives.SoftMax(decoder.Logits(row, startOfTranscript), probabilities);
        return new Hypothesis(job.Given)
        {
            NoSpeech = probabilities[model.Tokenizer.NoSpeech],
            Temperature = job.Temperature,
            Attention = model.Decoder.HasAttention ? new CrossAttention(model.Config.AlignmentHeads.Count, job.Frames) : null,
        };
    }

    /// <summary>Adds the next token; false when the text ends.</summary>
    private bool Write(Hypothesis hypothesis, Span<float> scores, Random random)
    {
        _rules.Apply(scores, hypothesis.Tokens);
        var token = hypothesis.Temperature > 0 ? Draw(scores, hypothesis.Temperature, random) : TensorPrimitives.IndexOfMax<float>(scores);
        hypothesis.LogProbability += scores[token];
        if (token == _model.Tokenizer.EndOfText)
            return false;
        hypothesis.Tokens.Add(token);
        hypothesis.LogProbabilities.Add(scores[token]);
        return !StopsLoop(hypothesis);
    }

    private bool StopsLoop(Hypothesis hypothesis)
    {
        if (!_model.Tokenizer.IsText(hypothesis.Tokens[^1]))
            return false;
        var text = hypothesis.TextTokens(_model.Tokenizer);
        var extra = LoopGuard.RepeatedTail(text);
        if (extra == 0)
            return false;
        // The phrase stays once; its repetitions go, with the times between them.
        while (extra > 0)
        {
            if (_model.Tokenizer.IsText(hypothesis.Tokens[^1]))
                extra--;
            hypothesis.Tokens.RemoveAt(hypothesis.Tokens.Count - 1);
            hypothesis.LogProbabilities.RemoveAt(hypothesis.LogProbabilities.Count - 1);
        }
        hypothesis.LogProbability = hypothesis.LogProbabilities.Sum();
        hypothesis.Looped = true;
        return true;
    }

    private static int Draw(ReadOnlySpan<float> logProbabilities, double temperature, Random random)
    {
        var rented = ArrayPool<float>.Shared.Rent(logProbabilities.Length);
        try
        {
            var weights = rented.AsSpan(0, logProbabilities.Length);
            TensorPrimitives.Divide(logProbabilities, (float)temperature, weights);
            TensorPrimitives.SoftMax<float>(weights, weights);
            var left = random.NextDouble();
            for (var token = 0; token < weights.Length; token++)
            {
                left -= weights[token];
                if (left < 0)
                    return token;
            }
            return TensorPrimitives.IndexOfMax<float>(weights);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}

/// <summary>One decoding of one window.</summary>
/// <param name="Stretch">What is heard.</param>
/// <param name="Frames">Encoder frames of real audio.</param>
/// <param name="Temperature">0 for the likeliest tokens.</param>
/// <param name="Seed">Of the drawing: the same for the same stretch of a recording.</param>
/// <param name="Given">The time that the text begins with, as a token; none where the network writes it itself. As many for all jobs of a
/// run.</param>
internal readonly record struct WindowJob(EncodedStretch Stretch, int Frames, double Temperature, int Seed, IReadOnlyList<int> Given);
