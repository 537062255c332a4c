using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech;

/// <summary>
/// Several sequences decoded in step: each row attends to its own window of audio. Keys and values stay in the runtime's
/// memory between steps; those of the audio, by far the largest, are never copied but when a row is dropped.
/// </summary>
internal sealed class WhisperDecoder : IDisposable
{
    private readonly WhisperDecoderLayout _layout;
    private readonly WhisperConfig _config;
    private readonly OrtValue _states;
    private OrtValue[] _cross = [];
    private OrtValue[] _own = [];
    private OrtValue? _logits;
    private OrtValue[] _attention = [];

    /// <summary>Begins decoding.</summary>
    /// <param name="model">The network.</param>
    /// <param name="states">The encoder's hidden states, a row a window.</param>
    /// <param name="rows">The window that each sequence is of.</param>
    public WhisperDecoder(WhisperModel model, OrtValue states, ReadOnlySpan<int> rows)
    {
        _layout = model.Layout;
        _config = model.Config;
        _states = states.PickRows(rows);
        Rows = rows.Length;
    }

    /// <summary>Sequences being decoded.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens fed so far.</summary>
    public int Position { get; private set; }

    /// <summary>Positions fed in the last step.</summary>
    public int Width { get; private set; }

    /// <summary>Feeds tokens.</summary>
    /// <param name="tokens">As many tokens a row, row by row.</param>
    /// <param name="cancellationToken">Felt within a layer's time.</param>
    public void Step(ReadOnlySpan<long> tokens, CancellationToken cancellationToken)
    {
        Width = tokens.Length / Rows;
        var isFirst = Position == 0;
        var temporary = new List<OrtValue>();
        try
        {
            var inputs = new Dictionary<string, OrtValue>();
            Add("input_ids", Tensors.Of(tokens, Rows, Width));
            Add("encoder_hidden_states", _states.FirstRows(Rows));
            if (_layout.HasBranchSwitch)
                Add("use_cache_branch", Tensors.Of(!isFirst));
            if (_layout.HasPosition)
                Add("cache_position", Tensors.Of([.. Enumerable.Range(Position, Width).Select(p => (long)p)], Width));
            for (var i = 0; i < _layout.OwnCache.Count; i++)
            {
                if (isFirst)
                {
                    Add(_layout.OwnCache[i].Past, Tensors.Allocate(_layout.CacheType, Rows, _config.Heads, 0, _layout.HeadWidth));
                    Add(_layout.CrossCache[i].Past, Tensors.Allocate(_layout.CacheType, Rows, _config.Heads, 0, _layout.HeadWidth));
                }
                else
                {
                    inputs.Add(_layout.OwnCache[i].Past, _own[i]);
                    Add(_layout.CrossCache[i].Past, _cross[i].FirstRows(Rows));
                }
            }

            var outputs = NetworkRun.Run(
                _layout.Folder, _layout.Session, inputs.Keys, inputs.Values, OutputNames(isFirst), cancellationToken);
            TakeOutputs(outputs, isFirst);

            void Add(string name, OrtValue value)
            {
                temporary.Add(value);
                inputs.Add(name, value);
            }
        }
        finally
        {
            temporary.ForEach(t => t.Dispose());
        }
        Position += Width;
    }

    /// <summary>The scores of the token after one fed in the last step.</summary>
    /// <param name="row">The sequence.</param>
    /// <param name="position">0 to <see cref="Width"/>, exclusive.</param>
    public ReadOnlySpan<float> Logits(int row, int position)
    {
        var logits = _logits ?? throw new InvalidOperationException("Nothing was fed yet.");
        var size = (int)logits.Shape()[2];
        return logits.Floats().Slice((row * Width + position) * size, size);
    }

    /// <summary>Copies what the alignment heads looked at when a token of the last step was fed.</summary>
    public void AddAttention(CrossAttention attention, int row, int position)
    {
        var buffer = new float[attention.Heads * attention.Frames];
        var at = 0;
        foreach (var (layer, head) in _config.AlignmentHeads)
        {
            var tensor = _attention[_layout.AttentionLayers.IndexOf(layer)];
            var frames = (int)tensor.Shape()[3];
            var start = ((row * _config.Heads + head) * Width + position) * frames;
            tensor.Floats().Slice(start, attention.Frames).CopyTo(buffer.AsSpan(at));
            at += attention.Frames;
        }
        attention.Add(buffer, attention.Frames);
    }

    /// <summary>Drops a row that is done: the last row takes its place.</summary>
    public void DropRow(int row)
    {
        Rows--;
        if (row != Rows)
        {
            _states.CopyRow(Rows, row);
            foreach (var tensor in _cross.Concat(_own))
                tensor.CopyRow(Rows, row);
        }
        // The grown cache must have the right shape by itself; it is small.
        Replace(ref _own, [.. _own.Select(tensor => tensor.PickRows(Enumerable.Range(0, Rows).ToArray()))]);
    }

    /// <summary>Reorders rows that attend to the same audio: beams that survive take the others' places.</summary>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        var picked = new OrtValue[_own.Length];
        for (var i = 0; i < picked.Length; i++)
            picked[i] = _own[i].PickRows(rows);
        Replace(ref _own, picked);
    }

    public void Dispose()
    {
        Replace(ref _own, []);
        Replace(ref _cross, []);
        Replace(ref _attention, []);
        _logits?.Dispose();
        _states.Dispose();
    }

    private List<string> OutputNames(bool isFirst)
    {
        var names = new List<string> { "logits" };
        names.AddRange(_layout.AttentionLayers.Select(WhisperDecoderLayout.AttentionOf));
        names.AddRange(_layout.OwnCache.Select(t => t.Present));
        // Later steps of merged exports give empty tensors here: the first step's are the real ones.
        if (isFirst)
            names.AddRange(_layout.CrossCache.Select(t => t.Present));
        return names;
    }

    private void TakeOutputs(IReadOnlyList<OrtValue> outputs, bool isFirst)
    {
        _logits?.Dispose();
        _logits = outputs[0];
        var at = 1;
        Replace(ref _attention, Take(_layout.AttentionLayers.Count));
        Replace(ref _own, Take(_layout.OwnCache.Count));
        if (isFirst)
            Replace(ref _cross, Take(_layout.CrossCache.Count));

        OrtValue[] Take(int count)
        {
            var taken = outputs.Skip(at).Take(count).ToArray();
            at += count;
            return taken;
        }
    }

    private static void Replace(ref OrtValue[] held, OrtValue[] with)
    {
        foreach (var value in held)
            value.Dispose();
        held = with;
    }
}
