using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Libretto.Pitch;

/// <summary>
/// Where words of a language may be hyphenated, after F. M. Liang ("Word Hy-phen-a-tion by Com-put-er", Stanford, 1983): every pattern
/// found in the word gives levels to the gaps between its letters, the highest level counts, and an odd one parts.
/// </summary>
internal sealed class HyphenationPatterns
{
    private readonly byte[][] _levels;
    private readonly Node _root;
    private readonly Dictionary<string, int[]> _exceptions;

    private HyphenationPatterns(byte[][] levels, Node root, Dictionary<string, int[]> exceptions)
    {
        _levels = levels;
        _root = root;
        _exceptions = exceptions;
    }

    /// <summary>
    /// Reads a pattern file of the npm package <c>hyphen</c>: levels, a tree of letters, and words that go their own way.
    /// </summary>
    /// <param name="text">A script whose last argument is an array in JavaScript's notation, which YAML reads too.</param>
    /// <exception cref="FormatException">The text is no such file.</exception>
    public static HyphenationPatterns Parse(string text)
    {
        var start = text.LastIndexOf("(this, ", StringComparison.Ordinal);
        var end = text.LastIndexOf(");", StringComparison.Ordinal);
        if (start < 0 || end < start)
            throw new FormatException("The file holds no hyphenation patterns.");
        try
        {
            var parser = new Parser(new StringReader(text[(start + "(this, ".Length)..end]));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            parser.Consume<SequenceStart>();
            var levels = ReadLevels(parser);
            var root = ReadNode(parser);
            return new HyphenationPatterns([.. levels.Select(row => row.Select(level => (byte)level).ToArray())], root,
                ReadExceptions(parser));
        }
        catch (Exception e) when (e is YamlException or OverflowException)
        {
            throw new FormatException("The file holds no hyphenation patterns.", e);
        }
    }

    /// <summary>Where a word may be hyphenated: places between two of its letters, in order, never next to an end.</summary>
    /// <param name="word">Letters only, in lower case.</param>
    public IReadOnlyList<int> Places(string word)
    {
        if (_exceptions.TryGetValue(word, out var known))
            return known;
        Span<byte> levels = stackalloc byte[word.Length + 2];
        levels.Clear();
        for (var start = 0; start < word.Length + 1; start++)
            // The dots that stand for the word's ends have no gap of their own before them.
            Raise(levels, start - 1, start == 0 ? 0 : start - 1, word);
        var places = new List<int>();
        for (var place = 2; place <= word.Length - 2; place++)
            if (levels[place] % 2 == 1)
                places.Add(place);
        return places;
    }

    private void Raise(Span<byte> levels, int first, int gap, string word)
    {
        var node = _root;
        for (var at = first; at <= word.Length; at++)
        {
            var letter = at < 0 || at == word.Length ? '.' : word[at];
            if (!node.Next.TryGetValue(letter, out node))
                return;
            if (node.Levels < 0 || node.Levels >= _levels.Length)
                continue;
            var pattern = _levels[node.Levels];
            for (var i = 0; i < pattern.Length && gap + i < levels.Length; i++)
                levels[gap + i] = Math.Max(levels[gap + i], pattern[i]);
        }
    }

    private static List<int[]> ReadLevels(Parser parser)
    {
        var rows = new List<int[]>();
        parser.Consume<SequenceStart>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            rows.Add(ReadNumbers(parser));
        return rows;
    }

    private static int[] ReadNumbers(Parser parser)
    {
        var numbers = new List<int>();
        parser.Consume<SequenceStart>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            numbers.Add(ReadNumber(parser));
        return [.. numbers];
    }

    private static int ReadNumber(Parser parser)
    {
        var scalar = parser.Consume<Scalar>();
        return int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{scalar.Value}' is no level of a hyphenation pattern.");
    }

    /// <summary>A number (the levels of the pattern that ends here), a map of letters, or both in a list.</summary>
    private static Node ReadNode(Parser parser)
    {
        var node = new Node();
        if (parser.TryConsume<MappingStart>(out _))
            ReadLetters(parser, node);
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            parser.Consume<MappingStart>();
            ReadLetters(parser, node);
            node.Levels = ReadNumber(parser);
            parser.Consume<SequenceEnd>();
        }
        else
            node.Levels = ReadNumber(parser);
        return node;
    }

    private static void ReadLetters(Parser parser, Node node)
    {
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var letter = parser.Consume<Scalar>().Value;
            var next = ReadNode(parser);
            if (letter.Length == 1)
                node.Next[letter[0]] = next;
        }
    }

    private static Dictionary<string, int[]> ReadExceptions(Parser parser)
    {
        var exceptions = new Dictionary<string, int[]>(StringComparer.Ordinal);
        if (!parser.TryConsume<MappingStart>(out _))
            return exceptions;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var word = parser.Consume<Scalar>().Value;
            exceptions[word] = ReadNumbers(parser);
        }
        return exceptions;
    }

    private sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        /// <summary>Which levels the pattern that ends here gives; -1 where none ends.</summary>
        public int Levels { get; set; } = -1;
    }
}
