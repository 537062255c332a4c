using System.Text.Json;
using Libretto.Models;

namespace Libretto.Speech.Whisper;

/// <summary>What a model folder says of its network: the parts of config.json and generation_config.json that decoding needs.</summary>
internal sealed record WhisperConfig
{
    /// <summary>Mel bands of the features, 80 or 128.</summary>
    public required int Bins { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>Frames the encoder gives for 30 s.</summary>
    public required int EncoderFrames { get; init; }

    /// <summary>Longest sequence of tokens, prompt included.</summary>
    public required int MaxTokens { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>False for models that know English only and take no language token.</summary>
    public required bool IsMultilingual { get; init; }

    /// <summary>Tokens never written.</summary>
    public required IReadOnlyList<int> Suppressed { get; init; }

    /// <summary>Tokens not written first.</summary>
    public required IReadOnlyList<int> SuppressedAtBegin { get; init; }

    /// <summary>The latest time the first word may start at, in steps of 0.02 s.</summary>
    public required int MaxInitialTime { get; init; }

    /// <summary>Layers and heads whose attention follows the words.</summary>
    public required IReadOnlyList<(int Layer, int Head)> AlignmentHeads { get; init; }

    /// <summary>
    /// The id generation_config.json gives for no-timestamps, to be compared with the vocabulary's; null where it is silent.
    /// </summary>
    public int? NoTimestamps { get; init; }

    /// <summary>Reads the two files.</summary>
    /// <exception cref="LibrettoException">A file is missing, or is not a Whisper model's.</exception>
    public static WhisperConfig Read(string folder)
    {
        var config = Parse(folder, "config.json");
        var generation = Parse(folder, "generation_config.json");
        try
        {
            if (config.TryGetProperty("model_type", out var type) && type.GetString() is var name and not "whisper")
                throw SpeechException.NotWhisper(folder, $"its architecture is {name}.");
            var layers = config.GetProperty("decoder_layers").GetInt32();
            var heads = config.GetProperty("decoder_attention_heads").GetInt32();
            var vocabulary = config.GetProperty("vocab_size").GetInt32();
            return new WhisperConfig
            {
                Bins = config.GetProperty("num_mel_bins").GetInt32(),
                Layers = layers,
                Heads = heads,
                EncoderFrames = config.GetProperty("max_source_positions").GetInt32(),
                MaxTokens = config.GetProperty("max_target_positions").GetInt32(),
                VocabularySize = vocabulary,
                // The English-only vocabulary is one shorter than the smallest multilingual one.
                IsMultilingual = Optional(generation, "is_multilingual")?.GetBoolean() ?? vocabulary >= 51865,
                Suppressed = Tokens(generation, config, "suppress_tokens"),
                SuppressedAtBegin = Tokens(generation, config, "begin_suppress_tokens"),
                MaxInitialTime = Optional(generation, "max_initial_timestamp_index")?.GetInt32() ?? 50,
                AlignmentHeads = Alignment(generation, layers, heads),
                NoTimestamps = Optional(generation, "no_timestamps_token_id")?.GetInt32(),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw SpeechException.NotWhisper(folder, "config.json lacks what a Whisper model's has.", e);
        }
    }

    private static JsonElement Parse(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.Clone();
        }
        catch (IOException)
        {
            throw ModelException.FileMissing(path);
        }
        catch (JsonException e)
        {
            throw ModelException.CannotLoad(path, e);
        }
    }

    private static JsonElement? Optional(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static int[] Tokens(JsonElement generation, JsonElement config, string name) =>
        (Optional(generation, name) ?? Optional(config, name)) is { } list ? [.. list.EnumerateArray().Select(t => t.GetInt32())] : [];

    private static (int, int)[] Alignment(JsonElement generation, int layers, int heads)
    {
        if (Optional(generation, "alignment_heads") is { } given)
        {
            var pairs = given.EnumerateArray().Select(p => (Layer: p[0].GetInt32(), Head: p[1].GetInt32())).ToArray();
            if (pairs.Length > 0 && pairs.All(p => p.Layer < layers && p.Head < heads))
                return pairs;
        }
        // The upper half of the layers, as openai/whisper does where nothing is known.
        return
        [
            .. from layer in Enumerable.Range(layers / 2, layers - layers / 2)
               from head in Enumerable.Range(0, heads)
               select (layer, head),
        ];
    }
}
