using System.Globalization;
using System.Text;
using Libretto.Models;

namespace Libretto.Speech.Moonshine;

/// <summary>
/// The pieces Moonshine writes with: a SentencePiece vocabulary in which <c>▁</c> begins a word and <c>&lt;0xNN&gt;</c> is a
/// byte of UTF-8. One piece a line, in order of their numbers.
/// </summary>
internal sealed class MoonshineVocabulary
{
    public const int Start = 1, End = 2;

    private const char WordMark = '▁';

    private readonly string[] _pieces;

    private MoonshineVocabulary(string[] pieces) => _pieces = pieces;

    public int Count => _pieces.Length;

    /// <summary>Reads the vocabulary's file.</summary>
    /// <exception cref="ModelException">The file is missing or not a vocabulary.</exception>
    public static MoonshineVocabulary Read(string path)
    {
        if (!File.Exists(path))
            throw ModelException.FileMissing(path);
        var pieces = File.ReadAllText(path).TrimEnd('\n').Split('\n');
        if (pieces.Length < 1000)
            throw ModelException.CannotLoad(path, new InvalidDataException($"A vocabulary of {pieces.Length} pieces is too small."));
        return new MoonshineVocabulary(pieces);
    }

    /// <summary>Whether a piece begins a new word.</summary>
    public bool BeginsWord(int token) => token < _pieces.Length && _pieces[token].StartsWith(WordMark);

    /// <summary>The text of a word's pieces, without spaces around it.</summary>
    public string Text(ReadOnlySpan<int> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (token <= End || token >= _pieces.Length)
                continue;
            var piece = _pieces[token];
            if (piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal)
                && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value))
                bytes.Add(value);
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(piece.Replace(WordMark, ' ')));
        }
        return Encoding.UTF8.GetString([.. bytes]).Trim();
    }
}
