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

    /// <summary>Decodes windows; see <see cref="WindowDecoder.Decode"/>.</summary>
    public Hypothesis[] Decode(StretchDecoders audio, IReadOnlyList<WindowJob> jobs, IReadOnlyList<int> start,
        CancellationToken cancellationToken)
    {
        // All beams of a window begin alike: what they begin with is computed once.
        using var decoder = audio.Begin([.. jobs.Select(job => job.Stretch)], jobs.Count * _beams, cancellationToken);
        decoder.Step([.. jobs.SelectMany(job => start.Concat(job.Given)).Select(t => (long)t)], cancellationToken);

        var searches = jobs.Select((job, row) => new Search(row, WindowDecoder.Begin(_model, decoder, row, job, start))).ToArray();
        var longest = Math.Min(WindowDecoder.LongestText, _model.Config.MaxTokens - start.Count);
        var open = searches.ToList();
        var scores = new float[_model.Config.VocabularySize];
        while (true)
        {
            foreach (var search in open)
                Continue(decoder, search, longest, scores);
            open.RemoveAll(search => search.Result is not null);
            if (open.Count == 0)
                return [.. searches.Select(search => search.Result!)];

            // Rows without a beginning of their own repeat the first; nothing branches from them.
            var next = open.SelectMany(search => Enumerable.Range(0, _beams).Select(i =>
                (Row: search.FirstRow + search.Parents[i < search.Parents.Count ? i : 0],
                    Token: (long)search.Beams[i < search.Beams.Count ? i : 0].Tokens[^1]))).ToArray();
            for (var i = 0; i < open.Count; i++)
                open[i].FirstRow = i * _beams;
            decoder.Reorder([.. next.Select(row => row.Row)]);
            decoder.Step([.. next.Select(row => row.Token)], cancellationToken);
        }
    }

    /// <summary>Finds what each beginning goes on with, or the text that the window ends up with.</summary>
    private void Continue(ISequenceDecoder decoder, Search search, int longest, float[] scores)
    {
        var next = new List<(Hypothesis Text, int Parent)>();
        foreach (var branch in Branches(decoder, search, scores).OrderByDescending(b => b.LogProbability))
        {
            if (next.Count == _beams || search.Finished.Count == _beams)
                break;
            if (branch.Token == _model.Tokenizer.EndOfText)
                search.Finished.Add(Ended(search.Beams[branch.Parent], branch.LogProbability));
            else if (search.Beams[branch.Parent].Continue(branch.Token, branch.Step) is var text && !Loops(text))
                next.Add((text, branch.Parent));
        }
        var finished = search.Finished;
        if (finished.Count == _beams || next.Count == 0 || next[0].Text.Tokens.Count == longest)
            search.Result = finished.Concat(finished.Count > 0 ? [] : next.Count > 0 ? next.Select(n => n.Text) : search.Beams)
                .MaxBy(h => h.MeanLogProbability)!;
        // Beams that all go in circles, if not to the letter, do not come out again.
        else if (next[0].Text.Tokens.Count % CircleCheck == 0 && next.All(n => n.Text.IsRepetitive(_model.Tokenizer)))
            search.Result = next[0].Text;
        search.Beams = [.. next.Select(n => n.Text)];
        search.Parents = [.. next.Select(n => n.Parent)];
    }

    private List<Branch> Branches(ISequenceDecoder decoder, Search search, float[] scores)
    {
        var branches = new List<Branch>();
        for (var beam = 0; beam < search.Beams.Count; beam++)
        {
            var text = search.Beams[beam];
            if (text.Attention is { } attention)
                decoder.AddAttention(attention, search.FirstRow + beam, decoder.Width - 1);
            decoder.Logits(search.FirstRow + beam, decoder.Width - 1).CopyTo(scores);
            _rules.Apply(scores, text.Tokens);
            for (var i = 0; i <= _beams; i++)
            {
                var token = TensorPrimitives.IndexOfMax<float>(scores);
                if (float.IsNegativeInfinity(scores[token]))
                    break;
                branches.Add(new Branch(beam, token, scores[token], text.LogProbability + scores[token]));
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

    /// <summary>The beginnings of one window's text.</summary>
    private sealed class Search(int row, Hypothesis beginning)
    {
        /// <summary>The first of its rows in the decoder, which has one a beam.</summary>
        public int FirstRow { get; set; } = row;

        public List<Hypothesis> Beams { get; set; } = [beginning];

        /// <summary>Which beam each of them went on from.</summary>
        public List<int> Parents { get; set; } = [];

        public List<Hypothesis> Finished { get; } = [];

        /// <summary>The text; null while it is looked for.</summary>
        public Hypothesis? Result { get; set; }
    }

    private readonly record struct Branch(int Parent, int Token, float Step, double LogProbability);
}
