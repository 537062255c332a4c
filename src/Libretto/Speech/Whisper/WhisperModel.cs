using System.Buffers;
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Libretto.Audio;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper.Incremental;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech.Whisper;

/// <summary>
/// A Whisper network in the transformers.js layout, of any size and precision: <c>config.json</c>,
/// <c>generation_config.json</c>, <c>tokenizer.json</c>, <c>onnx/encoder_model*.onnx</c>,
/// <c>onnx/decoder_model_merged*.onnx</c>. Holds no state of a recording; safe to share.
/// </summary>
internal sealed class WhisperModel
{
    /// <summary>Length of a window in samples: 30 s.</summary>
    public const int WindowSamples = 30 * LogMel.SampleRate;

    // Each takes memory of its own: more would pass 1 GB.
    private const int MostWorkers = 2;

    /// <summary>Length of a window in seconds.</summary>
    public const double WindowSeconds = 30;

    /// <summary>Length of an encoder frame in seconds.</summary>
    public const double SecondsPerFrame = 0.02;

    /// <summary>How attention keeps time, as measured on songs (docs/measurements.md).</summary>
    public static AttentionClock Clock { get; } = new(SecondsPerFrame, LongestLag: 0.08);

    private readonly InferenceSession _encoder;
    private readonly string _encoderInput;
    private readonly string _encoderOutput;
    private readonly Lazy<float[]> _silence;
    private readonly Lazy<IDecoderAudio> _heardSilence;

    private WhisperModel(
        string folder, WhisperConfig config, WhisperTokenizer tokenizer, InferenceSession encoder, IDecoderNetwork decoder)
    {
        Folder = folder;
        Config = config;
        Tokenizer = tokenizer;
        Features = new LogMel(config.Bins);
        Decoder = decoder;
        _encoder = encoder;
        _encoderInput = encoder.InputNames[0];
        _encoderOutput = encoder.OutputNames[0];
        _silence = new Lazy<float[]>(EncodeSilence);
        _heardSilence = new Lazy<IDecoderAudio>(() => Decoder.Hear(Silence, CancellationToken.None));
    }

    /// <summary>The folder it was read from.</summary>
    public string Folder { get; }

    /// <summary>The folder's name, such as <c>whisper-base</c>.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));

    /// <summary>How many may work with the networks at the same time, each on its share of the threads; 1 or 2.</summary>
    public required int Workers { get; init; }

    public WhisperConfig Config { get; }

    public WhisperTokenizer Tokenizer { get; }

    public LogMel Features { get; }

    /// <summary>What writes text.</summary>
    public IDecoderNetwork Decoder { get; }

    /// <summary>What the encoder makes of 30 s in which nothing sounds, [frames, width]; encoded when first asked for.</summary>
    public float[] Silence => _silence.Value;

    /// <summary>What the decoder reads of <see cref="Silence"/>; not to be disposed.</summary>
    public IDecoderAudio HeardSilence => _heardSilence.Value;

    /// <summary>Numbers that the encoder gives a frame.</summary>
    public int StateWidth => Decoder.StateWidth;

    /// <summary>Reads a model folder, loading its networks or sharing them if they are loaded.</summary>
    /// <exception cref="LibrettoException">A file is missing or damaged, or the folder holds another kind of model.</exception>
    public static WhisperModel Load(string folder, OnnxSessions sessions) =>
        sessions.Share(Path.GetFullPath(folder), () => Read(folder, sessions));

    private static WhisperModel Read(string folder, OnnxSessions sessions)
    {
        var config = WhisperConfig.Read(folder);
        var workers = Math.Min(MostWorkers, sessions.Threads);
        // Beside the encoder, which takes the longest: a song waits for all.
        var text = Task.Run(() => (ReadDecoder(folder, config, workers, sessions), ReadTokenizer(folder, config)));
        var encoder = sessions.Open(OnnxFiles.Best(folder, "encoder_model", "onnx"), workers, NetworkEdit.OfEncoder);
        var shape = encoder.InputMetadata.Values.First().Dimensions;
        if (shape.Length != 3 || (shape[1] > 0 && shape[1] != config.Bins))
            throw SpeechException.NotWhisper(folder, $"its encoder takes [{string.Join(", ", shape)}], not {config.Bins} mel bands.");
        var (decoder, tokenizer) = text.GetAwaiter().GetResult();
        return new WhisperModel(folder, config, tokenizer, encoder, decoder) { Workers = workers };
    }

    /// <summary>By kernels of our own where they can, which is several times as fast; else by ONNX Runtime.</summary>
    private static IDecoderNetwork ReadDecoder(string folder, WhisperConfig config, int workers, OnnxSessions sessions)
    {
        var file = OnnxFiles.Best(folder, "decoder_model_merged", "onnx");
        if (!sessions.UsesCuda && IncrementalNetwork.Read(file, config) is { } network)
            return network;
        return new WhisperDecoderLayout(folder, sessions.Open(file, workers), config);
    }

    /// <summary>Reads a window of a recording as the encoder wants it; what is not a number is silence.</summary>
    /// <param name="audio">16 kHz mono.</param>
    /// <param name="window">At most 30 s; the rest is padded.</param>
    public WindowFeatures ReadWindow(PcmFile audio, TimeRange window)
    {
        using var span = SpeechSpans.Start(SpeechSpans.Features);
        var rented = ArrayPool<float>.Shared.Rent(WindowSamples);
        try
        {
            var samples = rented.AsSpan(0, WindowSamples);
            var length = Math.Min(samples.Length, (int)Math.Ceiling(window.Length * LogMel.SampleRate));
            audio.Read((long)(window.Start * LogMel.SampleRate), samples[..length]);
            samples[length..].Clear();
            foreach (ref var sample in samples[..length])
                sample = float.IsFinite(sample) ? Math.Clamp(sample, -1, 1) : 0;
            var values = new float[Features.Bins * WindowSamples / LogMel.Hop];
            Features.Compute(samples, values);
            return new WindowFeatures(values, BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(samples))));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>Runs the encoder over a window.</summary>
    /// <param name="features"><see cref="WhisperConfig.Bins"/> rows of 3,000 frames.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <returns>Hidden states, [frames, width].</returns>
    public float[] Encode(ReadOnlySpan<float> features, CancellationToken cancellationToken)
    {
        using var span = SpeechSpans.Start(SpeechSpans.Encoder);
        using var input = Tensors.Allocate(_encoder.InputMetadata[_encoderInput].ElementDataType, 1, Config.Bins,
            2 * Config.EncoderFrames);
        input.Write(0, features);
        using var outputs = NetworkRun.Run(Folder, _encoder, [_encoderInput], [input], [_encoderOutput], cancellationToken);
        return outputs[0].Floats().ToArray();
    }

    private float[] EncodeSilence()
    {
        using var nothing = new PcmFile(LogMel.SampleRate, 1);
        return Encode(ReadWindow(nothing, new TimeRange(0, 0)).Values, CancellationToken.None);
    }

    /// <summary>Encoder frames that hold the audio of a window; what follows is padding.</summary>
    public int Frames(TimeRange window) => Math.Clamp((int)Math.Ceiling(window.Length / SecondsPerFrame), 1, Config.EncoderFrames);

    /// <summary>The commands that begin a transcript.</summary>
    /// <param name="language">A language code of the model.</param>
    /// <param name="translate">Whether to write English whatever is said.</param>
    public int[] StartTokens(string language, bool translate) => Config.IsMultilingual
        ? [Tokenizer.StartOfTranscript, Tokenizer.Languages[language], translate ? Tokenizer.Translate : Tokenizer.Transcribe]
        : [Tokenizer.StartOfTranscript];

    /// <summary>The model's own code for a language.</summary>
    /// <param name="language">An ISO 639 code, with or without a region.</param>
    /// <exception cref="SpeechException">The model does not know it.</exception>
    public string ResolveLanguage(string language)
    {
        var code = language.Trim().ToLowerInvariant().Split('-', '_')[0];
        code = code switch { "jv" => "jw", "nb" => "no", "iw" => "he", "fil" => "tl", _ => code };
        IEnumerable<string> known = Config.IsMultilingual ? Tokenizer.Languages.Keys : ["en"];
        return known.Contains(code) ? code : throw SpeechException.UnknownLanguage(language, known);
    }

    /// <summary>What language each window is in.</summary>
    /// <param name="windows">What the decoder reads of each.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <returns>Language codes with their probabilities, likeliest first: the mean over the windows, each weighed by how surely someone
    /// speaks.</returns>
    public IReadOnlyList<(string Language, double Probability)> DetectLanguage(
        IReadOnlyList<IDecoderAudio> windows, CancellationToken cancellationToken)
    {
        if (!Config.IsMultilingual)
            return [("en", 1)];
        var rows = windows.Count;
        using var decoder = Decoder.Begin(windows, rows);
        decoder.Step([.. Enumerable.Repeat((long)Tokenizer.StartOfTranscript, rows)], cancellationToken);

        var sums = Tokenizer.Languages.ToDictionary(l => l.Key, _ => 0.0);
        var scores = new float[Config.VocabularySize];
        var total = 0.0;
        for (var row = 0; row < rows; row++)
        {
            TensorPrimitives.Subtract(decoder.Logits(row, 0), TensorPrimitives.Max(decoder.Logits(row, 0)), scores);
            TensorPrimitives.SoftMax(scores, scores);
            var languages = Tokenizer.Languages.ToDictionary(l => l.Key, l => (double)scores[l.Value]);
            var weight = Math.Max(1e-3, 1 - scores[Tokenizer.NoSpeech]);
            var mass = Math.Max(languages.Values.Sum(), 1e-12);
            foreach (var (language, probability) in languages)
                sums[language] += weight * probability / mass;
            total += weight;
        }
        return [.. sums.Select(s => (s.Key, s.Value / total)).OrderByDescending(s => s.Item2).ThenBy(s => s.Key, StringComparer.Ordinal)];
    }

    private static WhisperTokenizer ReadTokenizer(string folder, WhisperConfig config)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw ModelException.FileMissing(path);
        try
        {
            var tokenizer = new WhisperTokenizer(ByteLevelVocabulary.Parse(File.ReadAllBytes(path)));
            if (tokenizer.Count > config.VocabularySize || (config.NoTimestamps is { } id && id != tokenizer.NoTimestamps))
                throw new FormatException($"It has {tokenizer.Count} tokens, the network {config.VocabularySize}.");
            return tokenizer;
        }
        catch (FormatException e)
        {
            throw SpeechException.NotWhisper(folder, $"tokenizer.json does not fit the network. {e.Message}", e);
        }
    }
}

/// <summary>What the encoder reads of a window.</summary>
/// <param name="Values">A row of 3,000 frames for each mel band.</param>
/// <param name="Fingerprint">A number made from the samples: the same for the same sound.</param>
internal readonly record struct WindowFeatures(float[] Values, int Fingerprint);
