using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Speech.Timing;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech.Moonshine;

/// <summary>What Moonshine heard in one stretch of audio.</summary>
/// <param name="Tokens">Text tokens, without start and end.</param>
/// <param name="LogProbabilities">One a token, natural logarithm.</param>
/// <param name="EndLogProbability">Of the end token; 0 when the decoder was stopped by a guard or by length.</param>
/// <param name="Attention">One position for the start token and one a text token.</param>
/// <param name="SecondsPerFrame">Length of an attention frame.</param>
/// <param name="Looped">Whether the loop guard stopped it.</param>
internal sealed record MoonshinePass(
    int[] Tokens, float[] LogProbabilities, float EndLogProbability, CrossAttention Attention, double SecondsPerFrame, bool Looped);

/// <summary>
/// Moonshine (Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands", 2024): raw 16 kHz
/// audio to text by an encoder and an autoregressive decoder, greedily.
/// </summary>
internal sealed class MoonshineNetwork
{
    private const int SampleRate = 16_000;

    /// <summary>More than English can be sung in; what a loop would exceed.</summary>
    private const double TokensPerSecond = 6.5;

    private const int ShortestInput = SampleRate / 4;

    private readonly string _folder;
    private readonly InferenceSession _encoder, _decoder;
    private readonly string[] _past, _attention, _firstOutputs, _laterOutputs;

    /// <exception cref="ModelException">A file is missing or not Moonshine's.</exception>
    public MoonshineNetwork(string folder, OnnxSessions sessions)
    {
        _folder = folder;
        // Side by side: the shortest songs wait longer for the networks than for their words.
        var encoder = Task.Run(() => sessions.Open(Path.Combine(folder, "encoder_model.onnx")));
        _decoder = sessions.Open(Path.Combine(folder, "decoder_model_merged.onnx"));
        _encoder = encoder.GetAwaiter().GetResult();
        Vocabulary = MoonshineVocabulary.Read(Path.Combine(folder, "tokens.txt"));
        _past = [.. _decoder.InputNames.Where(name => name.StartsWith("past_key_values.", StringComparison.Ordinal))];
        _attention = [.. _decoder.OutputNames.Where(name => name.StartsWith("cross_attentions.", StringComparison.Ordinal))];
        if (_past.Length == 0 || _attention.Length == 0 || !_decoder.InputNames.Contains("use_cache_branch"))
            throw ModelException.CannotLoad(
                Path.Combine(folder, "decoder_model_merged.onnx"), new InvalidDataException("It lacks a cache or attention outputs."));
        _firstOutputs = ["logits", .. _attention, .. _past.Select(Present)];
        _laterOutputs = ["logits", .. _attention, .. _past.Where(IsOfDecoder).Select(Present)];
        Heads = _attention.Length * HeadsPerLayer;
    }

    public MoonshineVocabulary Vocabulary { get; }

    /// <summary>Attention heads, layers x heads a layer, numbered layer by layer.</summary>
    public int Heads { get; }

    private int HeadsPerLayer => (int)_decoder.InputMetadata[_past[0]].Dimensions[1];

    /// <summary>Recognises a stretch of audio.</summary>
    /// <param name="samples">16 kHz mono, up to about 30 s.</param>
    /// <param name="cancellationToken">Checked before every token, and within a layer's time.</param>
    /// <param name="mustWrite">Whether the text may not end before it began.</param>
    /// <exception cref="ModelException">The runtime failed.</exception>
    public MoonshinePass Recognise(float[] samples, CancellationToken cancellationToken, bool mustWrite = false)
    {
        if (samples.Length < ShortestInput)
            Array.Resize(ref samples, ShortestInput);
        return Decode(samples, mustWrite, cancellationToken);
    }

    private MoonshinePass Decode(float[] samples, bool mustWrite, CancellationToken cancellationToken)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(samples, [1, samples.Length]);
        using var encoded = NetworkRun.Run(
            _folder, _encoder, [_encoder.InputNames[0]], [input], [_encoder.OutputNames[0]], cancellationToken);
        var states = encoded[0];
        var frames = (int)states.GetTensorTypeAndShape().Shape[1];

        var attention = new CrossAttention(Heads, frames);
        var tokens = new List<int>();
        var logProbabilities = new List<float>();
        var endLogProbability = 0f;
        var looped = false;
        var most = (int)(TokensPerSecond * samples.Length / SampleRate) + 2;
        using var cache = new Cache(_past, HeadsPerLayer, (int)_decoder.InputMetadata[_past[0]].Dimensions[3]);
        for (var token = MoonshineVocabulary.Start; ;)
        {
            (token, var logProbability) = Step(token, states, cache, attention, mayEnd: !mustWrite || tokens.Count > 0, cancellationToken);
            if (token == MoonshineVocabulary.End)
            {
                endLogProbability = logProbability;
                break;
            }
            if (tokens.Count == most)
                break;
            tokens.Add(token);
            logProbabilities.Add(logProbability);
            if (LoopGuard.RepeatedTail(CollectionsMarshal.AsSpan(tokens)) is var extra and > 0)
            {
                var keep = tokens.Count - extra;
                tokens.RemoveRange(keep, tokens.Count - keep);
                logProbabilities.RemoveRange(keep, logProbabilities.Count - keep);
                attention.Truncate(keep + 1);
                looped = true;
                break;
            }
        }
        return new MoonshinePass(
            [.. tokens], [.. logProbabilities], endLogProbability, attention, (double)samples.Length / SampleRate / frames, looped);
    }

    private (int Token, float LogProbability) Step(
        int token, OrtValue states, Cache cache, CrossAttention attention, bool mayEnd, CancellationToken cancellationToken)
    {
        var first = token == MoonshineVocabulary.Start;
        using var ids = OrtValue.CreateTensorValueFromMemory(new long[] { token }, [1, 1]);
        using var useCache = OrtValue.CreateTensorValueFromMemory(new[] { !first }, [1]);
        string[] names = ["input_ids", "encoder_hidden_states", "use_cache_branch", .. _past];
        OrtValue[] values = [ids, states, useCache, .. cache.Values];
        var wanted = first ? _firstOutputs : _laterOutputs;
        var outputs = NetworkRun.Run(_folder, _decoder, names, values, wanted, cancellationToken);

        // The cached branch does not give the encoder's keys and values again: the first step's stay.
        for (var i = 1 + _attention.Length; i < wanted.Length; i++)
            cache.Take(wanted[i], outputs[i]);
        try
        {
            Collect(outputs, attention);
            return Likeliest(outputs[0].GetTensorMutableDataAsSpan<float>(), mayEnd);
        }
        finally
        {
            for (var i = 0; i <= _attention.Length; i++)
                outputs[i].Dispose();
        }
    }

    private void Collect(IReadOnlyList<OrtValue> outputs, CrossAttention attention)
    {
        var rows = new float[Heads * attention.Frames];
        for (var layer = 0; layer < _attention.Length; layer++)
            outputs[1 + layer].GetTensorDataAsSpan<float>().CopyTo(rows.AsSpan(layer * HeadsPerLayer * attention.Frames));
        attention.Add(rows, attention.Frames);
    }

    private static (int Token, float LogProbability) Likeliest(Span<float> logits, bool mayEnd)
    {
        if (!mayEnd)
            logits[MoonshineVocabulary.End] = float.NegativeInfinity;
        var best = TensorPrimitives.IndexOfMax<float>(logits);
        Span<float> shifted = new float[logits.Length];
        TensorPrimitives.Subtract(logits, logits[best], shifted);
        TensorPrimitives.Exp(shifted, shifted);
        return (best, -MathF.Log(TensorPrimitives.Sum(shifted)));
    }

    private static string Present(string past) => "present" + past["past_key_values".Length..];

    private static bool IsOfDecoder(string past) => past.Contains(".decoder.", StringComparison.Ordinal);

    /// <summary>Keys and values between steps: the runtime's own outputs handed back as inputs, never copied.</summary>
    private sealed class Cache : IDisposable
    {
        private readonly string[] _names;
        private readonly OrtValue[] _values;

        public Cache(string[] names, int heads, int width)
        {
            _names = names;
            _values = [.. names.Select(_ => OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [0, heads, 1, width]))];
        }

        public IReadOnlyList<OrtValue> Values => _values;

        public void Take(string present, OrtValue value)
        {
            var at = Array.FindIndex(_names, past => Present(past) == present);
            _values[at].Dispose();
            _values[at] = value;
        }

        public void Dispose()
        {
            foreach (var value in _values)
                value.Dispose();
        }
    }
}
