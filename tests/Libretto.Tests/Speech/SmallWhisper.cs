using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Libretto.Models.Onnx;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Tests.Speech;

/// <summary>
/// A Whisper folder with networks of random weights, small but of the published layout: a merged decoder with caches of its own and
/// of the audio, told or not told which branch to take and where the tokens stand. It understands nothing; its shapes are true.
/// </summary>
internal sealed record SmallWhisper
{
    public int Bins { get; init; } = 80;

    public int Layers { get; init; } = 2;

    public int Heads { get; init; } = 2;

    public bool IsHalf { get; init; }

    public bool IsMultilingual { get; init; } = true;

    /// <summary>Whether the decoder is told by <c>use_cache_branch</c> that there is a cache; else it sees it by the cache's length.</summary>
    public bool HasBranchSwitch { get; init; } = true;

    /// <summary>Whether the decoder is told by <c>cache_position</c> where the tokens stand.</summary>
    public bool HasPosition { get; init; }

    private const int HeadWidth = 8, Frames = 1500, MaxTokens = 448;

    private int Width => Heads * HeadWidth;

    private string[] Commands =>
    [
        "<|endoftext|>", "<|startoftranscript|>", .. IsMultilingual ? ["<|en|>", "<|es|>", "<|yue|>"] : (string[])["<|en|>"],
        "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
    ];

    // Text is made of bytes, and of these pairs: each a token more.
    private static readonly (string Left, string Right)[] s_merges =
    [
        ("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("e", "r"), ("l", "e"), ("t", "t"), ("Ġ", "!"), ("Ġ", "-"), ("Ġ", "\""), ("Ġ", "("),
    ];

    private static int TextTokens => 256 + s_merges.Length;

    private int Vocabulary => TextTokens + Commands.Length + 1501;

    /// <summary>Writes the folder.</summary>
    public string Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        WriteJson("config.json", new
        {
            model_type = "whisper", num_mel_bins = Bins, decoder_layers = Layers, decoder_attention_heads = Heads, vocab_size = Vocabulary,
            max_source_positions = Frames, max_target_positions = MaxTokens,
        });
        WriteJson("generation_config.json", new
        {
            is_multilingual = IsMultilingual, alignment_heads = new[] { new[] { Layers - 1, Heads - 1 }, [0, 0] },
            no_timestamps_token_id = TextTokens + Commands.Length - 1, suppress_tokens = new[] { 1, 2 },
        });
        WriteJson("tokenizer.json", new
        {
            model = new
            {
                vocab = Enumerable.Range(0, 256).Select(value => CharacterOf(value).ToString()).Concat(s_merges.Select(pair => pair.Left + pair.Right))
                    .Index().ToDictionary(token => token.Item, token => token.Index),
                merges = s_merges.Select(pair => new[] { pair.Left, pair.Right }),
            },
            added_tokens = Commands.Select((content, i) => new { id = TextTokens + i, content }),
        });
        WriteJson("preprocessor_config.json", new { feature_size = Bins, sampling_rate = 16_000 });
        var suffix = IsHalf ? "_fp16.onnx" : ".onnx";
        File.WriteAllBytes(Path.Combine(folder, "onnx", "encoder_model" + suffix), Encoder().ToByteArray());
        File.WriteAllBytes(Path.Combine(folder, "onnx", "decoder_model_merged" + suffix), Decoder().ToByteArray());
        return folder;

        void WriteJson(string name, object content) => File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(content));
    }

    private ModelProto Encoder()
    {
        var graph = new Graph(Number);
        graph.Input("input_features", Number, "batch", Bins, 2 * Frames);
        graph.Output("last_hidden_state", Number, "batch", Frames, Width);
        graph.Add("Transpose", ["input_features"], "turned").Ints("perm", 0, 2, 1);
        graph.Add("Slice", ["turned", graph.Longs(0), graph.Longs(2 * Frames), graph.Longs(1), graph.Longs(2)], "halved");
        graph.Add("MatMul", ["halved", graph.Weights("bands", Bins, Width)], "last_hidden_state");
        return graph.ToModel();
    }

    private ModelProto Decoder()
    {
        var graph = new Graph(Number);
        graph.Input("input_ids", DataType.Int64, "batch", "length");
        graph.Input("encoder_hidden_states", Number, "batch", Frames, Width);
        graph.Output("logits", Number, "batch", "length", Vocabulary);
        graph.Add("Gather", [graph.Weights("embedding", Vocabulary, Width), "input_ids"], "tokens");
        if (HasPosition)
        {
            graph.Input("cache_position", DataType.Int64, "length");
            graph.Add("Gather", [graph.Weights("positions", MaxTokens, Width), "cache_position"], "places");
            graph.Add("Add", ["tokens", "places"], "placed");
        }
        else
        {
            graph.Add("Identity", ["tokens"], "placed");
        }
        if (HasBranchSwitch)
            graph.Input("use_cache_branch", DataType.Bool, 1);

        graph.Add("Shape", ["input_ids"], "sizes");
        graph.Add("Gather", ["sizes", graph.Longs(1)], "length");
        graph.Add("Neg", ["length"], "fromEnd");
        var sum = "placed";
        for (var layer = 0; layer < Layers; layer++)
            sum = Layer(graph, layer, sum);
        graph.Add("Transpose", ["embedding"], "unembedding").Ints("perm", 1, 0);
        graph.Add("MatMul", [sum, "unembedding"], "logits");
        return graph.ToModel();
    }

    /// <summary>Looks at the audio, and at the tokens so far: the sum of what was cached.</summary>
    private string Layer(Graph graph, int layer, string input)
    {
        var name = $"layer{layer}/";
        Split(input, name + "own");
        Split("encoder_hidden_states", name + "audio");
        foreach (var part in (string[])["key", "value"])
        {
            var (own, audio) = ($"decoder.{part}", $"encoder.{part}");
            foreach (var (kind, frames) in ((string, object)[])[(own, "past"), (audio, "pastFrames")])
            {
                graph.Input($"past_key_values.{layer}.{kind}", Number, "batch", Heads, frames, HeadWidth);
                graph.Output($"present.{layer}.{kind}", Number, "batch", Heads, frames + "Next", HeadWidth);
            }
            graph.Add("Concat", [$"past_key_values.{layer}.{own}", name + "own"], $"present.{layer}.{own}").Int("axis", 2);
            var cached = HasBranchSwitch ? "use_cache_branch" : IsFilled($"past_key_values.{layer}.{audio}", name + part);
            graph.AddIf(cached, $"past_key_values.{layer}.{audio}", name + "audio", name + part, Number);
            // As in the published exports, the cached branch gives nothing here.
            graph.AddIf(cached, HasBranchSwitch ? graph.Empty(Heads, HeadWidth) : $"past_key_values.{layer}.{audio}", name + "audio", $"present.{layer}.{audio}", Number);
        }
        graph.Add("Transpose", [name + "key"], name + "keyTurned").Ints("perm", 0, 1, 3, 2);
        graph.Add("MatMul", [name + "own", name + "keyTurned"], name + "scores");
        graph.Output($"cross_attentions.{layer}", Number, "batch", Heads, "length", "frames");
        graph.Add("Softmax", [name + "scores"], $"cross_attentions.{layer}").Int("axis", -1);
        graph.Add("MatMul", [$"cross_attentions.{layer}", name + "value"], name + "heard");

        graph.Add("Cast", [$"present.{layer}.decoder.value"], name + "written").Int("to", (long)DataType.Float);
        graph.Add("CumSum", [name + "written", graph.Longs(2)], name + "sums");
        graph.Add("Slice", [name + "sums", "fromEnd", graph.Longs(int.MaxValue), graph.Longs(2)], name + "latest");
        graph.Add("Cast", [name + "latest"], name + "remembered").Int("to", (long)Number);
        graph.Add("Add", [name + "heard", name + "remembered"], name + "both");
        graph.Add("Transpose", [name + "both"], name + "bothTurned").Ints("perm", 0, 2, 1, 3);
        graph.Add("Reshape", [name + "bothTurned", graph.Longs(0, 0, Width)], name + "joined");
        graph.Add("Add", [input, name + "joined"], name + "out");
        return name + "out";

        void Split(string from, string to)
        {
            graph.Add("Reshape", [from, graph.Longs(0, 0, Heads, HeadWidth)], to + "Heads");
            graph.Add("Transpose", [to + "Heads"], to).Ints("perm", 0, 2, 1, 3);
        }

        string IsFilled(string cache, string prefix)
        {
            graph.Add("Shape", [cache], prefix + "Sizes");
            graph.Add("Gather", [prefix + "Sizes", graph.Longs(2)], prefix + "Frames");
            graph.Add("Greater", [prefix + "Frames", graph.Longs(0)], prefix + "IsFilled");
            return prefix + "IsFilled";
        }
    }

    private DataType Number => IsHalf ? DataType.Float16 : DataType.Float;

    private static char CharacterOf(int value) =>
        value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF)
            ? (char)value
            : (char)(256 + Enumerable.Range(0, value).Count(v => v is not ((>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF))));

    /// <summary>An ONNX graph being put together.</summary>
    private sealed class Graph(DataType number)
    {
        private readonly GraphProto _graph = new() { Name = "small" };
        private readonly Random _random = new(5);

        public void Input(string name, DataType type, params object[] shape) => _graph.Input.Add(Value(name, type, shape));

        public void Output(string name, DataType type, params object[] shape) => _graph.Output.Add(Value(name, type, shape));

        public Node Add(string type, string[] inputs, string output)
        {
            var node = new NodeProto { OpType = type, Name = output + type };
            node.Input.AddRange(inputs);
            node.Output.Add(output);
            _graph.Node.Add(node);
            return new Node(node);
        }

        public void AddIf(string condition, string then, string otherwise, string output, DataType type)
        {
            var node = Add("If", [condition], output);
            node.Branch("then_branch", then, type);
            node.Branch("else_branch", otherwise, type);
        }

        public string Longs(params long[] values)
        {
            var tensor = new TensorProto { Name = "longs" + _graph.Initializer.Count, DataType = (int)DataType.Int64, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)) };
            tensor.Dims.Add(values.Length);
            _graph.Initializer.Add(tensor);
            return tensor.Name;
        }

        public string Weights(string name, int rows, int columns) =>
            Numbers(name, [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(_ => (float)(_random.NextDouble() - 0.5))]);

        public string Empty(int heads, int width) => Numbers("empty" + _graph.Initializer.Count, [0, heads, 1, width], []);

        public ModelProto ToModel()
        {
            var model = new ModelProto { IrVersion = 8, Graph = _graph };
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
            return model;
        }

        private string Numbers(string name, long[] shape, float[] values)
        {
            var bytes = number == DataType.Float ? MemoryMarshal.AsBytes<float>(values) : MemoryMarshal.AsBytes<Half>(values.Select(v => (Half)v).ToArray());
            var tensor = new TensorProto { Name = name, DataType = (int)number, RawData = ByteString.CopyFrom(bytes) };
            tensor.Dims.AddRange(shape);
            _graph.Initializer.Add(tensor);
            return name;
        }

        private static ValueInfoProto Value(string name, DataType type, object[] shape)
        {
            var dims = new TensorShapeProto();
            dims.Dim.AddRange(shape.Select(size => size is int fixedSize
                ? new TensorShapeProto.Types.Dimension { DimValue = fixedSize }
                : new TensorShapeProto.Types.Dimension { DimParam = (string)size }));
            return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dims } } };
        }
    }

    private sealed class Node(NodeProto node)
    {
        public void Int(string name, long value) =>
            node.Attribute.Add(new AttributeProto { Name = name, I = value, Type = AttributeProto.Types.Kind.Int });

        public void Ints(string name, params long[] values)
        {
            var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.Kind.Ints };
            attribute.Ints.AddRange(values);
            node.Attribute.Add(attribute);
        }

        public void Branch(string name, string value, DataType type)
        {
            var branch = new GraphProto { Name = name };
            var identity = new NodeProto { OpType = "Identity", Name = node.Output[0] + name };
            identity.Input.Add(value);
            identity.Output.Add(node.Output[0] + "/" + name);
            branch.Node.Add(identity);
            branch.Output.Add(new ValueInfoProto { Name = identity.Output[0], Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } });
            node.Attribute.Add(new AttributeProto { Name = name, G = branch, Type = AttributeProto.Types.Kind.Graph });
        }
    }
}
