using System.Globalization;
using Libretto.Align;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Speech;
using Libretto.Transcribe;

namespace Libretto.Pipeline;

/// <summary>The pieces an engine gave, put together.</summary>
internal sealed class HeardWords
{
    private readonly List<LyricsWord> _words = [];
    private readonly List<int> _sentenceEnds = [];
    private readonly Dictionary<string, int> _guards = [];
    private readonly Dictionary<string, int> _wordsIn = [];

    /// <summary>All words in order of time.</summary>
    public IReadOnlyList<LyricsWord> Words => _words;

    /// <summary>The language most words are in; null when the engine does not say.</summary>
    public string? Language => _wordsIn.Count == 0 ? null : _wordsIn.MaxBy(language => language.Value).Key;

    /// <summary>The language sung and how likely it is, as a notice; null when it was not to be found out.</summary>
    public string? DetectedLanguage { get; private set; }

    /// <summary>How often each guard acted; null when none did.</summary>
    public IReadOnlyDictionary<string, int>? Guards => _guards.Count == 0 ? null : _guards;

    public void Add(TranscribedPiece piece)
    {
        _sentenceEnds.AddRange(piece.SegmentEnds.Select(index => _words.Count + index));
        _words.AddRange(piece.Words);
        foreach (var (guard, count) in piece.Guards)
            _guards[guard] = _guards.GetValueOrDefault(guard) + count;
        if (DetectedLanguage is null && piece is { Language: { } code, LanguageProbability: { } probability })
            DetectedLanguage = string.Create(CultureInfo.InvariantCulture, $"language: {Name(code)} ({probability:0.00})");
        if (piece.Language is { } language && piece.Words.Count > 0)
            _wordsIn[language] = _wordsIn.GetValueOrDefault(language) + piece.Words.Count;
    }

    private static string Name(string code) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Languages.EnglishName(code) ?? code);

    /// <summary>Fits the words' times to where someone is known to sing.</summary>
    public void BoundBy(IReadOnlyList<TimeRange> singing)
    {
        var bounded = ActivityBounds.Apply(_words, singing);
        _words.Clear();
        _words.AddRange(bounded);
    }

    /// <summary>Lawful lines of all words, or of the given lyrics where there are any.</summary>
    public LyricsDocument ToDocument(double duration, AlignedLyrics? aligned)
    {
        var milliseconds = Math.Round(duration, 3);
        return aligned is null
            ? new LyricsDocument
            {
                Duration = milliseconds,
                Lines = LineBreaker.Break(DocumentRules.MakeLawful(_words, milliseconds), _sentenceEnds),
            }
            : DocumentRules.MakeLawful(new LyricsDocument { Duration = milliseconds, Lines = aligned.Lines, Checks = aligned.Checks });
    }
}
