using System.Numerics.Tensors;
using System.Text.Json;
using Libretto.Models;
using Libretto.Models.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech.Ctc;

/// <summary>
/// A published CTC network of the wav2vec2 kind, raw audio to a character a frame: <c>model*.onnx</c> or
/// <c>onnx/model*.onnx</c> (<c>input_values</c> [1, samples] to <c>logits</c> [1, frames, classes]), <c>vocab.json</c>,
/// <c>preprocessor_config.json</c>. Holds no state of a recording; safe to share.
/// </summary>
/// <remarks>
/// What was run here is the layout, not the quality: a small network with random weights agrees with its reference, and one
/// that hears tones is aligned as it should be. The weights of <c>wav2vec2-base-960h</c> or any other trained CTC network
/// have not been run, so how well they align singing is not known from our own measurements.
/// </remarks>
internal sealed class CtcNetwork
{
    /// <summary>Samples a second the network listens to.</summary>
    public const int SampleRate = 16_000;

    // What the convolutions of wav2vec2 need for a frame: 25 ms.
    private const int ShortestInput = 400;

    private readonly string _folder;
    private readonly InferenceSession _session;
    private readonly bool _normalise;
    private readonly bool _wantsMask;

    private CtcNetwork(string folder, InferenceSession session, CtcVocabulary vocabulary, bool normalise)
    {
        _folder = folder;
        _session = session;
        _normalise = normalise;
        _wantsMask = session.InputNames.Contains("attention_mask");
        Vocabulary = vocabulary;
    }

    /// <summary>The folder's name, such as <c>wav2vec2-base-960h</c>.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder));

    public CtcVocabulary Vocabulary { get; }

    /// <summary>Reads a model folder, loading its network or sharing it if it is loaded.</summary>
    /// <exception cref="LibrettoException">A file is missing or damaged, or the folder holds another kind of model.</exception>
    public static CtcNetwork Load(string folder, OnnxSessions sessions)
    {
        var normalise = ReadPreprocessor(folder);
        var vocabulary = CtcVocabulary.Read(folder);
        var session = sessions.Open(OnnxFiles.Best(folder, "model", "onnx", ""));
        CheckShapes(folder, session, vocabulary);
        return new CtcNetwork(folder, session, vocabulary, normalise);
    }

    /// <summary>What the network says of a window.</summary>
    /// <param name="samples">16 kHz mono, up to about 30 s: memory grows with the square of it.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <returns>Raw scores; no frames when the window is shorter than one.</returns>
    /// <exception cref="LibrettoException">The network failed, or gave what its description does not say.</exception>
    public CtcFrames Logits(ReadOnlySpan<float> samples, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (samples.Length < ShortestInput)
            return new CtcFrames([], 0, Vocabulary.Count);
        using var input = Tensors.Allocate(_session.InputMetadata["input_values"].ElementDataType, 1, samples.Length);
        input.Write(0, _normalise ? Normalised(samples) : samples);
        using var mask = Tensors.Of(Enumerable.Repeat(1L, samples.Length).ToArray(), 1, samples.Length);
        string[] names = _wantsMask ? ["input_values", "attention_mask"] : ["input_values"];
        OrtValue[] values = _wantsMask ? [input, mask] : [input];
        using var outputs = NetworkRun.Run(_folder, _session, names, values, ["logits"], cancellationToken, freeWork: true);
        return Read(outputs[0]);
    }

    /// <summary>As <see cref="Logits"/>, but as natural logarithms of probabilities.</summary>
    public CtcFrames LogProbabilities(ReadOnlySpan<float> samples, CancellationToken cancellationToken)
    {
        var frames = Logits(samples, cancellationToken);
        Span<float> exponents = new float[frames.Classes];
        for (var frame = 0; frame < frames.Count; frame++)
        {
            var row = frames.Values.AsSpan(frame * frames.Classes, frames.Classes);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.Exp(row, exponents);
            TensorPrimitives.Subtract(row, MathF.Log(TensorPrimitives.Sum<float>(exponents)), row);
        }
        return frames;
    }

    private CtcFrames Read(OrtValue output)
    {
        var shape = output.Shape();
        if (shape is not [1, var frames, var classes] || classes != Vocabulary.Count)
            throw WrongLogits(_folder, Vocabulary, shape);
        var values = output.Floats().ToArray();
        if (values.Length > 0 && !float.IsFinite(TensorPrimitives.MaxMagnitude<float>(values)))
            throw SpeechException.NotCtc(_folder, "its scores are not numbers.");
        return new CtcFrames(values, (int)frames, (int)classes);
    }

    /// <summary>Zero mean and unit variance over the window, as <c>Wav2Vec2FeatureExtractor</c> of transformers does.</summary>
    private static float[] Normalised(ReadOnlySpan<float> samples)
    {
        double sum = 0, squares = 0;
        foreach (var sample in samples)
            sum += sample;
        var mean = sum / samples.Length;
        foreach (var sample in samples)
            squares += (sample - mean) * (sample - mean);
        var scale = 1 / Math.Sqrt(squares / samples.Length + 1e-7);
        var normalised = new float[samples.Length];
        for (var i = 0; i < normalised.Length; i++)
            normalised[i] = (float)((samples[i] - mean) * scale);
        return normalised;
    }

    /// <summary>Whether windows are normalised; what the file does not say is as transformers has it.</summary>
    private static bool ReadPreprocessor(string folder)
    {
        var file = Path.Combine(folder, "preprocessor_config.json");
        if (!File.Exists(file))
            return true;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            if (json.RootElement.TryGetProperty("sampling_rate", out var rate) && rate.GetInt32() != SampleRate)
                throw SpeechException.NotCtc(folder, $"it listens at {rate} Hz, not at {SampleRate}.");
            if (json.RootElement.TryGetProperty("feature_size", out var size) && size.GetInt32() != 1)
                throw SpeechException.NotCtc(folder, $"it wants {size} numbers a frame, not raw audio.");
            return !json.RootElement.TryGetProperty("do_normalize", out var normalise) || normalise.GetBoolean();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw SpeechException.NotCtc(folder, "preprocessor_config.json cannot be read.", e);
        }
    }

    private static void CheckShapes(string folder, InferenceSession session, CtcVocabulary vocabulary)
    {
        if (!session.InputMetadata.TryGetValue("input_values", out var input) || input.Dimensions is not [1 or -1, -1])
            throw SpeechException.NotCtc(folder, "its network does not take raw audio of any length as 'input_values' [1, samples].");
        if (session.InputNames.FirstOrDefault(name => name is not ("input_values" or "attention_mask")) is { } unknown)
            throw SpeechException.NotCtc(folder, $"its network wants an input '{unknown}'.");
        if (!session.OutputMetadata.TryGetValue("logits", out var output) || output.Dimensions.Length != 3)
            throw SpeechException.NotCtc(folder, "its network does not give 'logits' [1, frames, classes].");
        if (output.Dimensions[2] > 0 && output.Dimensions[2] != vocabulary.Count)
            throw WrongLogits(folder, vocabulary, [.. output.Dimensions.Select(length => (long)length)]);
    }

    private static SpeechException WrongLogits(string folder, CtcVocabulary vocabulary, long[] shape) => SpeechException.NotCtc(
        folder, $"its network gives [{string.Join(", ", shape)}] where vocab.json names {vocabulary.Count} classes a frame.");
}

/// <summary>A network's scores of a window.</summary>
/// <param name="Values">Frames x classes, row-major.</param>
/// <param name="Count">Frames, evenly over the window.</param>
/// <param name="Classes">Classes, blank among them.</param>
internal sealed record CtcFrames(float[] Values, int Count, int Classes);
