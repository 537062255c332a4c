using System.Buffers;
using Libretto.Models.Onnx;
using Libretto.Speech.Timing;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech.Whisper;

/// <summary>
/// Several sequences decoded in step: each row attends to its own window of audio. Keys and values stay where they are between
/// steps; those of the audio, by far the largest, lie in memory of their own and are never copied but when a row is dropped.
/// </summary>
internal sealed class WhisperDecoder : ISequenceDecoder
{
    private readonly WhisperDecoderLayout _layout;
    private readonly WhisperConfig _config;
    private OrtValue _states;
    private readonly string[] _outputNames;
    private OrtValue[] _cross = [];
    private OrtValue[] _own = [];
    private OrtValue? _logits;
    private OrtValue[] _attention = [];

    /// <summary>More positions at once are a pass over known text, of a size of its own: what it worked in serves no other.</summary>
    private const int LongPass = 32;

    /// <summary>Begins decoding.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="config">What its folder says of it.</param>
    /// <param name="audio">What each sequence hears.</param>
    public WhisperDecoder(WhisperDecoderLayout layout, WhisperConfig config, IReadOnlyList<EncoderStates> audio)
    {
        _layout = layout;
        _config = config;
        _states = EncoderStates.Stack(audio);
        _outputNames =
            ["logits", .. _layout.AttentionLayers.Select(WhisperDecoderLayout.AttentionOf), .. _layout.OwnCache.Select(t => t.Present)];
        Rows = audio.Count;
    }

    /// <summary>Sequences being decoded.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens fed so far.</summary>
    public int Position { get; private set; }

    /// <inheritdoc/>
    public int Width { get; private set; }

    /// <inheritdoc/>
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
                    Add(_layout.OwnCache[i].Past, AllocateCache(0));
                    Add(_layout.CrossCache[i].Past, AllocateCache(0));
                }
                else
                {
                    inputs.Add(_layout.OwnCache[i].Past, _own[i]);
                    Add(_layout.CrossCache[i].Past, _cross[i].FirstRows(Rows));
                }
            }

            TakeOutputs(isFirst
                ? NetworkRun.Run(_layout.Folder, _layout.Session, inputs, _outputNames, PlacesOfCross(), cancellationToken,
                    freeWork: Width > LongPass)
                : NetworkRun.Run(_layout.Folder, _layout.Session, inputs.Keys, inputs.Values, _outputNames, cancellationToken));

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

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int row, int position)
    {
        var logits = _logits ?? throw new InvalidOperationException("Nothing was fed yet.");
        var size = (int)logits.Shape()[2];
        return logits.Floats().Slice((row * Width + position) * size, size);
    }

    /// <inheritdoc/>
    public void AddAttention(CrossAttention attention, int row, int position)
    {
        var buffer = ArrayPool<float>.Shared.Rent(attention.Heads * attention.Frames);
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
        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        if (rows.Length > Rows)
        {
            var states = _states.PickRows(rows);
            _states.Dispose();
            _states = states;
            var cross = new OrtValue[_cross.Length];
            for (var i = 0; i < cross.Length; i++)
                cross[i] = _cross[i].PickRows(rows);
            Replace(ref _cross, cross);
        }
        Rows = rows.Length;
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

    private OrtValue AllocateCache(long positions) =>
        Tensors.Allocate(_layout.CacheType, Rows, _config.Heads, positions, _layout.HeadWidth);

    /// <summary>
    /// Where the first step leaves the audio's keys and values. In the runtime's own memory, tensors of this size and of as many sizes as
    /// there are numbers of rows would leave gaps that nothing else fits in.
    /// </summary>
    private Dictionary<string, OrtValue> PlacesOfCross()
    {
        _cross = [.. _layout.CrossCache.Select(_ => AllocateCache(_states.Shape()[1]))];
        // Later steps of merged exports give empty tensors here: the first step's are the real ones.
        return _layout.CrossCache.Zip(_cross).ToDictionary(pair => pair.First.Present, pair => pair.Second);
    }

    private void TakeOutputs(IReadOnlyList<OrtValue> outputs)
    {
        _logits?.Dispose();
        _logits = outputs[0];
        var layers = _layout.AttentionLayers.Count;
        Replace(ref _attention, [.. outputs.Skip(1).Take(layers)]);
        Replace(ref _own, [.. outputs.Skip(1 + layers)]);
    }

    private static void Replace(ref OrtValue[] held, OrtValue[] with)
    {
        foreach (var value in held)
            value.Dispose();
        held = with;
    }
}
