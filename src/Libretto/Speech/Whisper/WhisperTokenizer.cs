using System.Text;

namespace Libretto.Speech.Whisper;

/// <summary>
/// Whisper's tokens: text, times and commands. Command ids are found by name, since they differ from model to model
/// (large-v3 has one language more, older exports call no-speech <c>&lt;|nocaptions|&gt;</c>).
/// </summary>
internal sealed class WhisperTokenizer
{
    // Marks that belong to the word after them, not to the one before.
    private const string Opening = "\"“„‚‘«¿¡([{「『（《〈";

    // Whisper's own list of the languages that put no spaces between words.
    private static readonly string[] Spaceless = ["zh", "ja", "th", "lo", "my", "yue"];

    private readonly ByteLevelVocabulary _vocabulary;
    private readonly Dictionary<string, int> _languages = new(StringComparer.Ordinal);
    private readonly string[] _languageOfToken;

    /// <summary>Finds the commands in a vocabulary.</summary>
    /// <exception cref="FormatException">The vocabulary is not Whisper's.</exception>
    public WhisperTokenizer(ByteLevelVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        StartOfTranscript = Require("<|startoftranscript|>");
        EndOfText = Require("<|endoftext|>");
        NoTimestamps = Require("<|notimestamps|>");
        StartOfPrevious = Require("<|startofprev|>");
        NoSpeech = vocabulary.FindSpecial("<|nospeech|>") ?? Require("<|nocaptions|>");
        Transcribe = Require("<|transcribe|>");
        Translate = Require("<|translate|>");
        FirstTime = NoTimestamps + 1;
        // Language tokens lie between the start and the first task.
        var tasks = Math.Min(Transcribe, Translate);
        _languageOfToken = new string[Math.Max(0, tasks)];
        foreach (var (name, id) in vocabulary.Special)
        {
            if (id <= StartOfTranscript || id >= tasks)
                continue;
            var code = name.Trim('<', '|', '>');
            _languages[code] = id;
            _languageOfToken[id] = code;
        }
    }

    public int StartOfTranscript { get; }

    public int EndOfText { get; }

    public int NoTimestamps { get; }

    public int StartOfPrevious { get; }

    public int NoSpeech { get; }

    public int Transcribe { get; }

    public int Translate { get; }

    /// <summary>The id of <c>&lt;|0.00|&gt;</c>; ids from here up are times, 0.02 s each.</summary>
    public int FirstTime { get; }

    /// <summary>One more than the highest id of the vocabulary, or of the times where the file does not list them.</summary>
    public int Count => Math.Max(_vocabulary.Count, FirstTime + 1501);

    /// <summary>Language codes and their tokens.</summary>
    public IReadOnlyDictionary<string, int> Languages => _languages;

    /// <summary>The language that a token names.</summary>
    public string LanguageOf(int token) => _languageOfToken[token];

    /// <summary>Whether a token is text, not a command or a time.</summary>
    public bool IsText(int token) => token < EndOfText;

    /// <summary>Whether a token is a time.</summary>
    public bool IsTime(int token) => token >= FirstTime;

    /// <summary>The tokens of a text.</summary>
    public List<int> Encode(string text) => _vocabulary.Encode(text);

    /// <summary>The text of tokens, commands and times left out.</summary>
    public string Decode(ReadOnlySpan<int> tokens) => _vocabulary.Decode(tokens);

    /// <summary>
    /// Splits text tokens into words: at spaces, or at characters in languages that write without them; punctuation joins its
    /// word, and so does what follows it without a space (l'été is one word).
    /// </summary>
    /// <param name="tokens">Text tokens only.</param>
    /// <param name="language">The language code.</param>
    /// <returns>Words in order; together they hold every token.</returns>
    public List<TokenWord> SplitWords(IReadOnlyList<int> tokens, string language)
    {
        var isSpaceless = Spaceless.Contains(language);
        var words = new List<TokenWord>();
        foreach (var piece in SplitCharacters(tokens))
        {
            var startsWord = isSpaceless || piece.Text.StartsWith(' ');
            if (words.Count > 0 && (!startsWord || OpensWord(words[^1].Text) || (IsMark(piece.Text) && !OpensWord(piece.Text))))
                words[^1] = words[^1].Joined(piece);
            else
                words.Add(piece);
        }
        return words;
    }

    /// <summary>The smallest runs of tokens that are whole characters.</summary>
    private List<TokenWord> SplitCharacters(IReadOnlyList<int> tokens)
    {
        var pieces = new List<TokenWord>();
        var bytes = new List<byte>();
        var first = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            bytes.AddRange(_vocabulary.Bytes(tokens[i]));
            var text = Encoding.UTF8.GetString([.. bytes]);
            if (text.Contains('\uFFFD', StringComparison.Ordinal) && i + 1 < tokens.Count)
                continue;
            pieces.Add(new TokenWord(text.Replace("\uFFFD", "", StringComparison.Ordinal), first, i + 1 - first));
            bytes.Clear();
            first = i + 1;
        }
        return pieces;
    }

    private static bool OpensWord(string text) => IsMark(text) && Opening.Contains(text.Trim()[^1], StringComparison.Ordinal);

    private static bool IsMark(string text) =>
        text.Trim() is { Length: > 0 } trimmed && trimmed.All(c => char.IsPunctuation(c) || char.IsSymbol(c));

    private int Require(string name) =>
        _vocabulary.FindSpecial(name) ?? throw new FormatException($"The vocabulary has no {name}: it is not Whisper's.");
}

/// <summary>A word and the tokens it is made of.</summary>
/// <param name="Text">With the space before it, if any.</param>
/// <param name="First">Index of its first token.</param>
/// <param name="Count">Number of its tokens.</param>
internal readonly record struct TokenWord(string Text, int First, int Count)
{
    public TokenWord Joined(TokenWord next) => new(Text + next.Text, First, Count + next.Count);
}
