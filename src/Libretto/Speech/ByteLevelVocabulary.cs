using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Libretto.Speech;

/// <summary>
/// A byte-level BPE vocabulary as <c>tokenizer.json</c> holds it: text to token ids and token ids to bytes. After GPT-2's
/// encoder (openai/gpt-2, MIT): bytes stand as printable characters, words are split by one expression, and the pair with
/// the lowest rank is merged first.
/// </summary>
internal sealed partial class ByteLevelVocabulary
{
    private static readonly char[] CharacterOfByte = MapBytes();
    private static readonly Dictionary<char, byte> ByteOfCharacter =
        CharacterOfByte.Select((character, value) => (character, value)).ToDictionary(p => p.character, p => (byte)p.value);

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _special = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), int> _ranks = [];
    private readonly byte[]?[] _bytes;

    private ByteLevelVocabulary(JsonElement root)
    {
        var model = root.GetProperty("model");
        foreach (var entry in model.GetProperty("vocab").EnumerateObject())
            _ids[entry.Name] = entry.Value.GetInt32();
        foreach (var merge in model.GetProperty("merges").EnumerateArray())
            _ranks.TryAdd(ReadPair(merge), _ranks.Count);
        foreach (var token in root.GetProperty("added_tokens").EnumerateArray())
            _special[token.GetProperty("content").GetString()!] = token.GetProperty("id").GetInt32();
        foreach (var name in _special.Keys)
            _ids.Remove(name);

        Count = 1 + _ids.Values.Concat(_special.Values).Max();
        _bytes = new byte[]?[Count];
        foreach (var (text, id) in _ids)
        {
            var bytes = _bytes[id] = new byte[text.Length];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = ByteOfCharacter.GetValueOrDefault(text[i], (byte)'?');
        }
    }

    /// <summary>One more than the highest id.</summary>
    public int Count { get; }

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="json">The content of <c>tokenizer.json</c>.</param>
    /// <exception cref="FormatException">It is not a byte-level BPE vocabulary.</exception>
    public static ByteLevelVocabulary Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new ByteLevelVocabulary(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new FormatException("This is not a byte-level BPE vocabulary.", e);
        }
    }

    /// <summary>The id of a special token such as <c>&lt;|en|&gt;</c>, or null where the vocabulary lacks it.</summary>
    public int? FindSpecial(string name) => _special.TryGetValue(name, out var id) ? id : _ids.TryGetValue(name, out id) ? id : null;

    /// <summary>Names and ids of the special tokens.</summary>
    public IReadOnlyDictionary<string, int> Special => _special;

    /// <summary>The bytes a token stands for; empty for special tokens and ids that are not text.</summary>
    public ReadOnlySpan<byte> Bytes(int id) => id >= 0 && id < _bytes.Length ? _bytes[id] : default;

    /// <summary>The text of tokens; a character cut off at either end is left out.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
            bytes.AddRange(Bytes(id));
        return Encoding.UTF8.GetString([.. bytes]).Trim('\uFFFD');
    }

    /// <summary>The tokens of a text, special tokens not recognised.</summary>
    public List<int> Encode(string text)
    {
        var ids = new List<int>();
        foreach (Match piece in Pieces().Matches(text))
            foreach (var part in Merge(piece.Value))
                ids.Add(_ids[part]);
        return ids;
    }

    private List<string> Merge(string piece)
    {
        var parts = Encoding.UTF8.GetBytes(piece).Select(b => CharacterOfByte[b].ToString()).ToList();
        while (true)
        {
            var best = int.MaxValue;
            var at = -1;
            for (var i = 0; i + 1 < parts.Count; i++)
            {
                if (_ranks.TryGetValue((parts[i], parts[i + 1]), out var rank) && rank < best)
                    (best, at) = (rank, i);
            }
            if (at < 0)
                return parts;
            parts[at] += parts[at + 1];
            parts.RemoveAt(at + 1);
        }
    }

    /// <summary>Newer files hold a merge as a pair, older ones as one string with a space between.</summary>
    private static (string, string) ReadPair(JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.Array)
            return (merge[0].GetString()!, merge[1].GetString()!);
        var parts = merge.GetString()!.Split(' ');
        return (parts[0], parts[1]);
    }

    private static char[] MapBytes()
    {
        var map = new char[256];
        var next = 256;
        for (var value = 0; value < map.Length; value++)
            map[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : (char)next++;
        return map;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pieces();
}
