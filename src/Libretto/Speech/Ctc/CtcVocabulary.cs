using System.Text;
using System.Text.Json;
using Libretto.Models;

namespace Libretto.Speech.Ctc;

/// <summary>The classes of a CTC network, read from <c>vocab.json</c>: a character or a name in brackets each.</summary>
internal sealed class CtcVocabulary
{
    private static readonly string[] BlankNames = ["<pad>", "[PAD]", "<blank>", "[blank]"];

    private readonly Dictionary<string, int> _classes;

    private CtcVocabulary(Dictionary<string, int> classes)
    {
        _classes = classes;
        Blank = BlankNames.Where(classes.ContainsKey).Select(name => classes[name]).FirstOrDefault();
        Delimiter = classes.TryGetValue("|", out var bar) ? bar : classes.TryGetValue(" ", out var space) ? space : null;
    }

    /// <summary>How many classes there are.</summary>
    public int Count => _classes.Count;

    /// <summary>The class that says nothing: the one named for padding, else the first.</summary>
    public int Blank { get; }

    /// <summary>The class between two words; null where the network has none.</summary>
    public int? Delimiter { get; }

    /// <summary>
    /// Reads <c>vocab.json</c>, and <c>added_tokens.json</c> where an export keeps some classes there; of an export without the first,
    /// <c>tokenizer.json</c>.
    /// </summary>
    /// <exception cref="LibrettoException">A file is missing or not a table of classes.</exception>
    public static CtcVocabulary Read(string folder)
    {
        var (file, tokenizer) = (Path.Combine(folder, "vocab.json"), Path.Combine(folder, "tokenizer.json"));
        if (!File.Exists(file) && !File.Exists(tokenizer))
            throw ModelException.FileMissing(file);
        var classes = File.Exists(file) ? ReadTable(folder, file) : ReadTokenizer(folder, tokenizer);
        var added = Path.Combine(folder, "added_tokens.json");
        if (File.Exists(added))
            foreach (var (name, number) in ReadTable(folder, added))
                classes[name] = number;
        if (classes.Count < 2 || !classes.Values.Order().SequenceEqual(Enumerable.Range(0, classes.Count)))
            throw SpeechException.NotCtc(folder, $"the {classes.Count} classes of vocab.json are not numbered from 0 on without gaps.");
        return new CtcVocabulary(classes);
    }

    /// <summary>The class of a character in whichever case the vocabulary has it; null when it has neither.</summary>
    public int? Find(Rune character)
    {
        foreach (var form in (ReadOnlySpan<Rune>)[character, Rune.ToLowerInvariant(character), Rune.ToUpperInvariant(character)])
            if (_classes.TryGetValue(form.ToString(), out var found) && found != Blank && found != Delimiter)
                return found;
        return null;
    }

    /// <summary>The classes as the library tokenizers keeps them: the model's, and those that were added to it.</summary>
    private static Dictionary<string, int> ReadTokenizer(string folder, string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var classes = json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
            if (json.RootElement.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array)
                foreach (var token in added.EnumerateArray())
                    classes[token.GetProperty("content").GetString()!] = token.GetProperty("id").GetInt32();
            return classes;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw SpeechException.NotCtc(folder, $"{Path.GetFileName(file)} holds no table of characters and their numbers.", e);
        }
    }

    private static Dictionary<string, int> ReadTable(string folder, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(file)) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw SpeechException.NotCtc(folder, $"{Path.GetFileName(file)} is not a table of characters and their numbers.", e);
        }
    }
}
