using System.Buffers;
using System.Numerics.Tensors;
using Libretto.Speech.Timing;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>
/// Several sequences written in step. What ONNX Runtime spends on a step goes mostly into reading the audio's keys and values as floats,
/// for each sequence by itself; here they are bytes, and sequences of the same audio read them together. Tokens fed together are
/// computed together, each hearing only those before it.
/// </summary>
internal sealed class IncrementalDecoder : ISequenceDecoder
{
    /// <summary>Tokens that ask the same audio together at most, and that are scored together.</summary>
    private const int Together = 16;

    private readonly DecoderWeights _weights;
    private readonly WhisperConfig _config;
    private readonly List<AudioKeys> _audio;
    private readonly List<TokenKeys> _own;
    private readonly int _width;

    // What tokens are on their way through the layers: a row a token, those of a sequence one after another.
    private BlockRows _bytes = new(0, 0);
    private float[] _state = [], _normed = [], _query = [], _found = [], _wide = [], _attention = [];
    private float[] _logits = [];
    private readonly float[] _looked;
    private int _tokens;
    private int _scoredFrom, _scoredTo;

    /// <summary>Begins sequences.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="config">What its folder says of it.</param>
    /// <param name="audio">What each sequence listens to; those of the same audio side by side.</param>
    /// <param name="most">The most sequences there will be.</param>
    public IncrementalDecoder(DecoderWeights weights, WhisperConfig config, IReadOnlyList<AudioKeys> audio, int most)
    {
        (_weights, _config, _width) = (weights, config, weights.Width);
        _audio = [.. audio];
        _own = [.. audio.Select(_ => new TokenKeys(_width, weights.Layers.Count))];
        _looked = ArrayPool<float>.Shared.Rent(Together * audio[0].Stride);
        MakeRoom(most);
    }

    /// <inheritdoc/>
    public int Width { get; private set; }

    private int Rows => _audio.Count;

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<long> tokens, CancellationToken cancellationToken)
    {
        (_tokens, Width) = (tokens.Length, tokens.Length / Rows);
        (_scoredFrom, _scoredTo) = (0, 0);
        MakeRoom(_tokens);
        Embed(tokens);
        for (var layer = 0; layer < _weights.Layers.Count; layer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AttendToTokens(layer);
            AttendToAudio(layer);
            Widen(_weights.Layers[layer]);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int row, int position)
    {
        var token = row * Width + position;
        var words = _weights.Words;
        if (token < _scoredFrom || token >= _scoredTo)
        {
            _scoredFrom = _tokens <= Together ? 0 : token;
            _scoredTo = Math.Min(_tokens, _scoredFrom + Together);
            var count = _scoredTo - _scoredFrom;
            var states = _state.AsSpan(_scoredFrom * _width, count * _width);
            Activations.Normalize(states, _weights.Norm, _normed);
            _bytes.Write(_normed.AsSpan(0, states.Length), count);
            words.Multiply(_bytes, Room(ref _logits, count * words.Outputs));
        }
        return _logits.AsSpan((token - _scoredFrom) * words.Outputs, words.Outputs);
    }

    /// <inheritdoc/>
    public void AddAttention(CrossAttention attention, int row, int position)
    {
        var frames = _audio[row].Frames;
        attention.Add(_attention.AsSpan((row * Width + position) * attention.Heads * frames, attention.Heads * frames), frames);
    }

    /// <inheritdoc/>
    public void DropRow(int row)
    {
        (_audio[row], _own[row]) = (_audio[^1], _own[^1]);
        _audio.RemoveAt(_audio.Count - 1);
        _own.RemoveAt(_own.Count - 1);
    }

    /// <inheritdoc/>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        var (audio, own) = (_audio.ToArray(), _own.ToArray());
        _audio.Clear();
        _own.Clear();
        foreach (var row in rows)
        {
            _audio.Add(audio[row]);
            _own.Add(own[row].Copy());
        }
    }

    public void Dispose()
    {
        float[][] rooms = [_state, _normed, _query, _found, _wide, _attention, _logits, _looked];
        foreach (var room in rooms.Where(room => room.Length > 0))
            ArrayPool<float>.Shared.Return(room);
    }

    private void Embed(ReadOnlySpan<long> tokens)
    {
        for (var row = 0; row < Rows; row++)
        {
            var first = _own[row].Count;
            _own[row].Grow(Width);
            for (var i = 0; i < Width; i++)
            {
                var state = Of(_state, row * Width + i);
                _weights.Words.Row((int)tokens[row * Width + i], state);
                TensorPrimitives.Add(state, _weights.Positions.AsSpan((first + i) * _width, _width), state);
            }
        }
    }

    private void AttendToTokens(int layer)
    {
        var weights = _weights.Layers[layer];
        Ask(weights.OwnNorm, weights.OwnQuery);
        // Keys and values of the new tokens: each sequence keeps its own.
        weights.OwnKey.Multiply(_bytes, _normed);
        weights.OwnValue.Multiply(_bytes, _found);
        for (var token = 0; token < _tokens; token++)
        {
            var own = _own[token / Width];
            var position = own.Count - Width + token % Width;
            own.Write(layer, position, Of(_normed, token), Of(_found, token));
            own.Attend(layer, position, Of(_query, token), Of(_found, token));
        }
        Take(weights.OwnOutput);
    }

    private void AttendToAudio(int layer)
    {
        var weights = _weights.Layers[layer];
        Ask(weights.AudioNorm, weights.AudioQuery);
        for (var first = 0; first < _tokens;)
        {
            var audio = _audio[first / Width];
            var end = first + 1;
            while (end < Math.Min(_tokens, first + Together) && _audio[end / Width] == audio)
                end++;
            AttendTogether(layer, audio, first, end - first);
            first = end;
        }
        Take(weights.AudioOutput);
    }

    /// <summary>Tokens of the same audio: each head's part of their queries put side by side.</summary>
    private void AttendTogether(int layer, AudioKeys audio, int first, int count)
    {
        const int width = AudioKeys.HeadWidth;
        Span<float> queries = stackalloc float[count * width];
        Span<float> found = stackalloc float[count * width];
        for (var head = 0; head < _config.Heads; head++)
        {
            for (var i = 0; i < count; i++)
                Of(_query, first + i).Slice(head * width, width).CopyTo(queries[(i * width)..]);
            audio.Attend(layer, head, queries, _looked, found);
            for (var i = 0; i < count; i++)
                found.Slice(i * width, width).CopyTo(Of(_found, first + i)[(head * width)..]);
            Keep(layer, head, audio, first, count);
        }
    }

    /// <summary>Keeps what the alignment heads looked at.</summary>
    private void Keep(int layer, int head, AudioKeys audio, int first, int count)
    {
        var heads = _config.AlignmentHeads;
        for (var place = 0; place < heads.Count; place++)
            if (heads[place] == (layer, head))
                for (var i = 0; i < count; i++)
                    _looked.AsSpan(i * audio.Stride, audio.Frames)
                        .CopyTo(_attention.AsSpan(((first + i) * heads.Count + place) * audio.Frames));
    }

    private void Widen(DecoderLayer weights)
    {
        Activations.Normalize(Of(_state), weights.LastNorm, _normed);
        _bytes.Write(Of(_normed), _tokens);
        weights.Widening.Multiply(_bytes, _wide);
        var wide = _wide.AsSpan(0, _tokens * weights.Widening.Outputs);
        Activations.Gelu(wide);
        _bytes.Write(wide, _tokens);
        weights.Narrowing.Multiply(_bytes, _found);
        TensorPrimitives.Add(Of(_state), Of(_found), Of(_state));
    }

    /// <summary>Makes the tokens' queries; what they are made of stays in bytes.</summary>
    private void Ask(LayerNorm norm, BlockMatrix query)
    {
        Activations.Normalize(Of(_state), norm, _normed);
        _bytes.Write(Of(_normed), _tokens);
        query.Multiply(_bytes, _query);
        TensorPrimitives.Multiply(Of(_query), 1 / MathF.Sqrt(AudioKeys.HeadWidth), Of(_query));
    }

    /// <summary>Adds what attention found to the states.</summary>
    private void Take(BlockMatrix output)
    {
        _bytes.Write(Of(_found), _tokens);
        output.Multiply(_bytes, _normed);
        TensorPrimitives.Add(Of(_state), Of(_normed), Of(_state));
    }

    private Span<float> Of(float[] room) => room.AsSpan(0, _tokens * _width);

    private Span<float> Of(float[] room, int token) => room.AsSpan(token * _width, _width);

    private void MakeRoom(int tokens)
    {
        var wide = _weights.Layers[0].Widening.Outputs;
        if (tokens * wide > _bytes.Capacity)
            _bytes = new BlockRows(tokens, wide);
        Room(ref _state, tokens * _width);
        Room(ref _normed, tokens * _width);
        Room(ref _query, tokens * _width);
        Room(ref _found, tokens * _width);
        Room(ref _wide, tokens * wide);
        Room(ref _attention, tokens * _config.AlignmentHeads.Count * _audio[0].Frames);
    }

    private static float[] Room(ref float[] room, int length)
    {
        if (room.Length >= length)
            return room;
        if (room.Length > 0)
            ArrayPool<float>.Shared.Return(room);
        return room = ArrayPool<float>.Shared.Rent(length);
    }
}
