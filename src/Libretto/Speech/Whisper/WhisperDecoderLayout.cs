using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Libretto.Speech.Whisper;

/// <summary>The decoder run by ONNX Runtime: which inputs and outputs its export has, by name.</summary>
internal sealed class WhisperDecoderLayout : IDecoderNetwork
{
    private readonly WhisperConfig _config;

    public WhisperDecoderLayout(string folder, InferenceSession session, WhisperConfig config)
    {
        _config = config;
        Folder = folder;
        Session = session;
        var inputs = session.InputMetadata;
        var outputs = session.OutputMetadata;
        if (!inputs.ContainsKey("input_ids") || !inputs.ContainsKey("encoder_hidden_states") || !outputs.ContainsKey("logits"))
            throw SpeechException.NotWhisper(folder, "its decoder has no input_ids, encoder_hidden_states and logits.");
        HasBranchSwitch = inputs.ContainsKey("use_cache_branch");
        HasPosition = inputs.ContainsKey("cache_position");
        EncoderStateType = inputs["encoder_hidden_states"].ElementDataType;
        TakesAnyFrames = inputs["encoder_hidden_states"].Dimensions[1] <= 0;

        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var part in (ReadOnlySpan<string>)["key", "value"])
            {
                OwnCache.Add(new CacheTensor($"past_key_values.{layer}.decoder.{part}", $"present.{layer}.decoder.{part}"));
                CrossCache.Add(new CacheTensor($"past_key_values.{layer}.encoder.{part}", $"present.{layer}.encoder.{part}"));
            }
        }
        foreach (var tensor in OwnCache.Concat(CrossCache))
        {
            if (!inputs.ContainsKey(tensor.Past) || !outputs.ContainsKey(tensor.Present))
                throw SpeechException.NotWhisper(folder, $"its decoder has no {tensor.Past}; the merged decoder is needed.");
        }
        var cache = inputs[OwnCache[0].Past];
        CacheType = cache.ElementDataType;
        HeadWidth = cache.Dimensions[3];
        if (cache.Dimensions[1] != config.Heads)
            throw SpeechException.NotWhisper(folder, $"its decoder has {cache.Dimensions[1]} heads, config.json says {config.Heads}.");
        if (outputs["logits"].Dimensions[^1] is > 0 and var size && size != config.VocabularySize)
            throw SpeechException.NotWhisper(folder, $"its decoder knows {size} tokens, config.json says {config.VocabularySize}.");

        HasAttention = config.AlignmentHeads.All(h => outputs.ContainsKey(AttentionOf(h.Layer)));
        AttentionLayers = HasAttention ? [.. config.AlignmentHeads.Select(h => h.Layer).Distinct().Order()] : [];
    }

    public string Folder { get; }

    public InferenceSession Session { get; }

    /// <summary>Whether a merged export is told which of its branches to run.</summary>
    public bool HasBranchSwitch { get; }

    /// <summary>Whether the export wants the positions of the tokens.</summary>
    public bool HasPosition { get; }

    /// <inheritdoc/>
    public bool HasAttention { get; }

    /// <summary>The layers whose attention is read, rising.</summary>
    public List<int> AttentionLayers { get; }

    public TensorElementType EncoderStateType { get; }

    /// <inheritdoc/>
    public bool TakesAnyFrames { get; }

    /// <inheritdoc/>
    public bool MixesAudio => false;

    public TensorElementType CacheType { get; }

    public int HeadWidth { get; }

    /// <inheritdoc/>
    public int StateWidth => _config.Heads * HeadWidth;

    /// <summary>Keys and values of the tokens so far: grow with every step.</summary>
    public List<CacheTensor> OwnCache { get; } = [];

    /// <summary>Keys and values of the audio: made in the first step and kept.</summary>
    public List<CacheTensor> CrossCache { get; } = [];

    /// <inheritdoc/>
    public IDecoderAudio Hear(ReadOnlySpan<float> states, CancellationToken cancellationToken) =>
        new EncoderStates(EncoderStateType, states, StateWidth);

    /// <inheritdoc/>
    public ISequenceDecoder Begin(IReadOnlyList<IDecoderAudio> audio, int most) =>
        new WhisperDecoder(this, _config, [.. audio.Cast<EncoderStates>()]);

    public static string AttentionOf(int layer) => $"cross_attentions.{layer}";

    /// <summary>A cached tensor's names as input and as output.</summary>
    internal readonly record struct CacheTensor(string Past, string Present);
}
