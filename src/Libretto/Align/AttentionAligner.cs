using System.Buffers;
using Libretto.Audio;
using Libretto.Speech;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Align;

/// <summary>When a given word is sung, as one window saw it.</summary>
/// <param name="Start">Its start, seconds from the song's start.</param>
/// <param name="End">Its end, seconds.</param>
/// <param name="Probability">How well the sound fits the word, 0 to 1: the geometric mean over its tokens.</param>
/// <param name="Evidence">
/// Natural logarithm of how much likelier the word is with the sound than without it, the words before it being the same; 0 where
/// it was not asked for.
/// </param>
internal readonly record struct PlacedWord(double Start, double End, double Probability, double Evidence);

/// <summary>
/// Times known words by what Whisper's decoder looks at when it is made to write them: one forced pass a window, dynamic time
/// warping over the alignment heads.
/// </summary>
internal sealed class AttentionAligner : IDisposable
{
    // Windows through the encoder at once: more are no faster on a processor and take memory.
    private const int Batch = 4;

    private readonly WhisperModel _model;
    private readonly string _language;
    private readonly string _gap;
    private OrtValue? _silence;

    /// <param name="model">The network.</param>
    /// <param name="language">A language the model knows.</param>
    public AttentionAligner(WhisperModel model, string language)
    {
        _model = model;
        _language = model.ResolveLanguage(language);
        _gap = _language is "zh" or "ja" or "th" or "lo" or "my" or "yue" ? "" : " ";
    }

    /// <summary>Times the words that each window keeps.</summary>
    /// <param name="audio">16 kHz mono.</param>
    /// <param name="text">All given words.</param>
    /// <param name="windows">Windows in order.</param>
    /// <param name="weighed">Whether to weigh each word's evidence, which takes a second pass.</param>
    /// <param name="done">Called with the number of windows done.</param>
    /// <param name="cancellationToken">Felt within a layer's time.</param>
    /// <returns>A placed word for each word that a window keeps; null for the others.</returns>
    public PlacedWord?[] Align(
        PcmFile audio, GivenText text, IReadOnlyList<AlignmentWindow> windows, bool weighed, Action<int>? done,
        CancellationToken cancellationToken)
    {
        var placed = new PlacedWord?[text.Words.Count];
        var count = 0;
        foreach (var batch in windows.Chunk(Batch))
        {
            using var states = _model.Encode([.. batch.Select(window => Features(audio, window.Audio))], cancellationToken);
            var texts = batch.Select(window => Tokens(text.Words, window)).ToArray();
            for (var i = 0; i < batch.Length; i++)
            {
                // One by one: a batch would be padded to its longest text.
                var reading = ForcedPass.Run(
                    _model, states, [new ForcedText(i, _model.Frames(batch[i].Audio), texts[i].Tokens)], _language, cancellationToken)[0];
                var unheard = weighed ? Unheard(texts[i].Tokens, cancellationToken) : reading.Probabilities;
                Place(text, batch[i], reading, unheard, texts[i].Firsts, placed);
            }
            done?.Invoke(count += batch.Length);
        }
        return placed;
    }

    /// <summary>The window's words as tokens, and where each word's tokens begin.</summary>
    private (List<int> Tokens, List<int> Firsts) Tokens(IReadOnlyList<string> words, AlignmentWindow window)
    {
        var (tokens, firsts) = (new List<int>(), new List<int>());
        for (var word = window.FirstWord; word < window.EndWord; word++)
        {
            firsts.Add(tokens.Count);
            tokens.AddRange(_model.Tokenizer.Encode(_gap + words[word]));
        }
        return (tokens, firsts);
    }

    /// <summary>How likely each token is where nothing sounds.</summary>
    private float[] Unheard(List<int> tokens, CancellationToken cancellationToken)
    {
        _silence ??= _model.Encode([SilentFeatures()], cancellationToken);
        return ForcedPass.Run(_model, _silence, [new ForcedText(0, 1, tokens)], _language, cancellationToken)[0].Probabilities;
    }

    private static void Place(
        GivenText text, AlignmentWindow window, ForcedReading reading, float[] unheard, List<int> firsts, PlacedWord?[] placed)
    {
        var starts = reading.Attention.PositionStarts();
        var times = WordTiming.FromPositions(
            starts, firsts, WhisperModel.SecondsPerFrame, WordStartRule.Midpoint, window.Audio.Length,
            followsPause: word => text.BeginsLine(window.FirstWord + word));
        for (var word = window.FirstKept; word < window.EndKept; word++)
        {
            var i = word - window.FirstWord;
            var end = i + 1 < firsts.Count ? firsts[i + 1] : reading.Probabilities.Length;
            placed[word] = new PlacedWord(
                window.Audio.Start + times[i].Start,
                window.Audio.Start + times[i].End,
                Math.Exp(LogProbability(reading.Probabilities.AsSpan(firsts[i]..end)) / (end - firsts[i])),
                LogProbability(reading.Probabilities.AsSpan(firsts[i]..end)) - LogProbability(unheard.AsSpan(firsts[i]..end)));
        }
    }

    private static double LogProbability(ReadOnlySpan<float> probabilities)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
            sum += Math.Log(Math.Max(probability, 1e-9));
        return sum;
    }

    public void Dispose() => _silence?.Dispose();

    private float[] SilentFeatures()
    {
        var features = new float[_model.Features.Bins * WhisperModel.WindowSamples / LogMel.Hop];
        _model.Features.Compute(new float[WhisperModel.WindowSamples], features);
        return features;
    }

    private float[] Features(PcmFile audio, TimeRange range)
    {
        var samples = ArrayPool<float>.Shared.Rent(WhisperModel.WindowSamples);
        try
        {
            var window = samples.AsSpan(0, WhisperModel.WindowSamples);
            window.Clear();
            audio.Read((long)(range.Start * LogMel.SampleRate), window[..Math.Min(window.Length, (int)(range.Length * LogMel.SampleRate))]);
            var features = new float[_model.Features.Bins * WhisperModel.WindowSamples / LogMel.Hop];
            _model.Features.Compute(window, features);
            return features;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(samples);
        }
    }
}
