using System.Numerics.Tensors;
using Libretto.Speech;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>
/// Writes a window's text by following several beginnings at once and keeping the likeliest: slower than the likeliest token
/// each time, now and then better. Beginnings that go in circles are not followed.
/// </summary>
internal sealed class BeamDecoder
{
    /// <summary>After how many tokens each it is looked whether beams go in circles.</summary>
    private const int CircleCheck = 16;

    private readonly WhisperModel _model;
    private readonly TokenRules _rules;
    private readonly int _beams;

    /// <param name="model">The network.</param>
    /// <param name="beams">Beginnings followed, 2 or more.</param>
    public BeamDecoder(WhisperModel model, int beams)
    {
        _model = model;
        _rules = new TokenRules(model);
        _beams = beams;
    }

    /// <summary>Decodes one window; see <see cref="WindowDecoder.Decode"/>.</summary>
    public Hypothesis Decode(StretchDecoders audio, WindowJob job, IReadOnlyList<int> start, CancellationToken cancellationToken)
    {
        // All beams begin alike: what they begin with, and the audio's keys and values, are computed once.
        using var decoder = audio.Begin([job.Stretch], _beams, cancellationToken);
        decoder.Step([.. start.Concat(job.Given).Select(t => (long)t)], cancellationToken);

        var beams = new List<Hypothesis> { WindowDecoder.Begin(_model, decoder, 0, job, start) };
        var finished = new List<Hypothesis>();
        var longest = Math.Min(WindowDecoder.LongestText, _model.Config.MaxTokens - start.Count);
        while (true)
        {
            var branches = Branches(decoder, beams);
            var next = new List<(Hypothesis Text, int Parent)>();
            foreach (var branch in branches.OrderByDescending(b => b.LogProbability))
            {
                if (next.Count == _beams || finished.Count == _beams)
                    break;
                if (branch.Token == _model.Tokenizer.EndOfText)
                    finished.Add(Ended(beams[branch.Parent], branch.LogProbability));
                else if (beams[branch.Parent].Continue(branch.Token, branch.Step) is var text && !Loops(text))
                    next.Add((text, branch.Parent));
            }
            if (finished.Count == _beams || next.Count == 0 || next[0].Text.Tokens.Count == longest)
                return finished.Concat(finished.Count > 0 ? [] : next.Count > 0 ? next.Select(n => n.Text) : beams)
                    .MaxBy(h => h.MeanLogProbability)!;

            // Beams that all go in circles, if not to the letter, do not come out again.
            if (next[0].Text.Tokens.Count % CircleCheck == 0 && next.All(n => n.Text.IsRepetitive(_model.Tokenizer)))
                return next[0].Text;

            // Rows without a beginning of their own repeat the first; nothing branches from them.
            int[] parents = [.. Enumerable.Range(0, _beams).Select(i => next[i < next.Count ? i : 0].Parent)];
            long[] tokens = [.. Enumerable.Range(0, _beams).Select(i => (long)next[i < next.Count ? i : 0].Text.Tokens[^1])];
            beams = [.. next.Select(n => n.Text)];
            decoder.Reorder(parents);
            decoder.Step(tokens, cancellationToken);
        }
    }

    private List<Branch> Branches(ISequenceDecoder decoder, List<Hypothesis> beams)
    {
        var branches = new List<Branch>();
        var scores = new float[_model.Config.VocabularySize];
        for (var beam = 0; beam < beams.Count; beam++)
        {
            if (beams[beam].Attention is { } attention)
                decoder.AddAttention(attention, beam, decoder.Width - 1);
            decoder.Logits(beam, decoder.Width - 1).CopyTo(scores);
            _rules.Apply(scores, beams[beam].Tokens);
            for (var i = 0; i <= _beams; i++)
            {
                var token = TensorPrimitives.IndexOfMax<float>(scores);
                if (float.IsNegativeInfinity(scores[token]))
                    break;
                branches.Add(new Branch(beam, token, scores[token], beams[beam].LogProbability + scores[token]));
                scores[token] = float.NegativeInfinity;
            }
        }
        return branches;
    }

    private bool Loops(Hypothesis text) =>
        _model.Tokenizer.IsText(text.Tokens[^1]) && LoopGuard.RepeatedTail(text.TextTokens(_model.Tokenizer)) > 0;

    private static Hypothesis Ended(Hypothesis text, double logProbability)
    {
        text.LogProbability = logProbability;
        return text;
    }

    private readonly record struct Branch(int Parent, int Token, float Step, double LogProbability);
}
