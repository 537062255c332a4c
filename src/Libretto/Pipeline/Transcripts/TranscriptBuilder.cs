using System.Globalization;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Transcribe;

namespace Libretto.Pipeline.Transcripts;

/// <summary>Puts together the pieces an engine gives.</summary>
internal sealed class TranscriptBuilder
{
    private readonly List<LyricsWord> _words = [];
    private readonly List<TimeRange> _onsets = [];
    private readonly List<int> _sentenceEnds = [];
    private readonly List<TranscriptWindow> _windows = [];
    private readonly Dictionary<string, int> _guards = [];
    private readonly Dictionary<string, int> _wordsIn = [];
    private readonly List<string> _remarks = [];
    private readonly List<PassageDoubt> _doubts = [];
    private string? _detectedLanguage;
    private double? _cost;

    public void Add(TranscribedPiece piece)
    {
        _sentenceEnds.AddRange(piece.SegmentEnds.Select(index => _words.Count + index));
        _words.AddRange(piece.Words);
        _onsets.AddRange(piece.Onsets);
        _windows.Add(new TranscriptWindow(piece.Range.Start, piece.Range.End, piece.MeanLogProbability)
        {
            LostText = piece.Guards.ContainsKey(TranscribedPiece.Dropped) ? true : null,
        });
        _remarks.AddRange(piece.Notices);
        _doubts.AddRange(piece.Doubts);
        if (piece.Cost is { } cost)
            _cost = (_cost ?? 0) + cost;
        foreach (var (guard, count) in piece.Guards)
            _guards[guard] = _guards.GetValueOrDefault(guard) + count;
        if (_detectedLanguage is null && piece is { DetectedLanguage: { } code, LanguageProbability: { } probability })
            _detectedLanguage = string.Create(CultureInfo.InvariantCulture, $"language: {Name(code)} ({probability:0.00})");
        if (piece.Language is { } language && piece.Words.Count > 0)
            _wordsIn[language] = _wordsIn.GetValueOrDefault(language) + piece.Words.Count;
    }

    /// <summary>All of them, as the words of a song.</summary>
    /// <param name="duration">The song's length in seconds.</param>
    public Transcript Song(double duration) => new()
    {
        Duration = duration,
        Words = _words,
        Onsets = _onsets,
        SentenceEnds = _sentenceEnds,
        Windows = _windows,
        Guards = _guards.Count == 0 ? null : _guards,
        Language = _wordsIn.Count == 0 ? null : _wordsIn.MaxBy(language => language.Value).Key,
        DetectedLanguage = _detectedLanguage,
        Remarks = _remarks,
        Doubts = _doubts,
        Cost = _cost,
    };

    private static string Name(string code) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Languages.EnglishName(code) ?? code);
}
