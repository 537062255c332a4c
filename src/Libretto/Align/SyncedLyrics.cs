using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>
/// Lyrics whose lines have times from elsewhere: compared with what is heard before they are believed, since they may be of another
/// recording, begin at another moment, or belong to another song.
/// </summary>
internal sealed class SyncedLyrics
{
    /// <summary>Share of the words that must be heard for lyrics to be this song's.</summary>
    private const double LeastMatched = 0.3;

    /// <summary>Share of the words heard that must stand where the times say.</summary>
    private const double LeastAgreement = 0.7;

    /// <summary>How far a line may be off and still agree, seconds.</summary>
    private const double Tolerance = 0.8;

    /// <summary>A word heard farther from its line, in seconds, belongs to a repetition of it.</summary>
    private const double Neighbourhood = 1.5;

    /// <summary>Fewer anchors say nothing of the times.</summary>
    private const int FewestAnchors = 4;

    /// <summary>With so many words heard where the times say, fewer of them are enough to know the song.</summary>
    private const double LeastMatchedInTime = 0.1;

    /// <summary>Share of the words below which lyrics are another song's, if enough was heard: common words alone give as many.</summary>
    private const double Strange = 0.15;

    /// <summary>Words heard for each word given from which on what was heard says something.</summary>
    private const double EnoughHeard = 0.4;

    /// <summary>Below this, in seconds, a common shift is within what people and networks disagree on anyway.</summary>
    private const double LeastShift = 0.3;

    private readonly LyricsDocument _given;
    private readonly GivenText _text;
    private readonly IReadOnlyList<LyricsWord> _heard;

    /// <summary>Words heard whose times were given and not spread over a line.</summary>
    private int _starts;

    /// <param name="given">The lyrics; plain ones can only be said to fit.</param>
    /// <param name="heard">What was recognised, in order of time.</param>
    /// <param name="cancellationToken">Checked before every word.</param>
    public SyncedLyrics(LyricsDocument given, IReadOnlyList<LyricsWord> heard, CancellationToken cancellationToken = default)
    {
        (_given, _heard) = (given, heard);
        _text = new GivenText(given.Lines);
        Anchors = LyricsMatch.Find(_text.Words, heard, cancellationToken);
        (Offset, Agreement) = Compare();
    }

    /// <summary>The given words that were heard, in order.</summary>
    public IReadOnlyList<Anchor> Anchors { get; }

    /// <summary>Share of the given words that were heard in their order, 0 to 1.</summary>
    public double Matched => _text.Words.Count == 0 ? 0 : (double)Anchors.Count / _text.Words.Count;

    /// <summary>How much later the song is than the given times say, seconds.</summary>
    public double Offset { get; }

    /// <summary>Share of the words heard that stand where the given times, put right by <see cref="Offset"/>, say, 0 to 1.</summary>
    public double Agreement { get; }

    /// <summary>Whether the words are this song's.</summary>
    public bool WordsFit => Matched >= LeastMatched;

    /// <summary>Whether the times are this recording's, too.</summary>
    public bool TimesFit => Matched >= LeastMatchedInTime && _given.IsTimed && Anchors.Count >= FewestAnchors &&
        Agreement >= LeastAgreement;

    /// <summary>Whether enough was heard to say that the words are not this song's.</summary>
    public bool AreAnothers => !TimesFit && Matched < Strange && _heard.Count >= EnoughHeard * _text.Words.Count;

    /// <summary>Whether the times may be taken: they fit, or too little was heard to say that they do not.</summary>
    public bool TimesMayServe =>
        TimesFit || (_given.IsTimed && !WordsFit && !AreAnothers && _heard.Count < EnoughHeard * _text.Words.Count);

    /// <summary>How much later the song is than the times say, where they fit and are wrong as a whole; 0 where they are right.</summary>
    public double Later => TimesFit && _starts >= FewestAnchors && Math.Abs(Offset) >= LeastShift ? Math.Round(Offset, 2) : 0;

    /// <summary>
    /// The lyrics at the times given for their lines, put right by the offset; words that were heard stand where they were heard, the
    /// rest between them and marked estimated.
    /// </summary>
    /// <param name="source">Where they came from.</param>
    /// <param name="duration">Length of the song, seconds.</param>
    /// <param name="keepsLines">Whether lines begin where they say, moved by <see cref="Later"/> alone, whatever was heard.</param>
    public AlignedLyrics ToAligned(string source, double duration, bool keepsLines = false)
    {
        var heardAs = Anchors.ToDictionary(anchor => anchor.Given, anchor => _heard[anchor.Heard]);
        var lines = new List<LyricsLine>();
        for (var line = 0; line < _text.Lines; line++)
        {
            var words = TimeLine(line, heardAs, duration, keepsLines);
            if (words.Length > 0)
                lines.Add(_given.Lines[line].WithWords(words));
        }
        return new AlignedLyrics(lines, new SuppliedLyrics(source, Math.Round(Matched, 3), Unsure: false), [])
        {
            Sections = _given.Sections,
        };
    }

    private LyricsWord[] TimeLine(int line, Dictionary<int, LyricsWord> heardAs, double duration, bool keepsLines)
    {
        var (first, end) = (_text.First(line), _text.First(line + 1));
        double At(double time) => Math.Clamp(time + (keepsLines ? Later : Offset), 0, duration);
        var (from, to) = (At(_given.Lines[line].Start), At(_given.Lines[line].End));
        LyricsWord? Heard(int word) => keepsLines && word == first
            ? new LyricsWord(_text.Words[word], from, Math.Max(from, heardAs.TryGetValue(word, out var begin) ? begin.End : from))
            : keepsLines && heardAs.TryGetValue(word, out var inside) && (inside.Start <= from || inside.Start > to) ? null
            : heardAs.TryGetValue(word, out var heard) && heard.Start >= from - Neighbourhood && heard.Start <= to + Neighbourhood
            ? heard : null;

        var words = new LyricsWord[end - first];
        for (var word = first; word < end; word++)
            if (Heard(word) is { } heard)
                words[word - first] = heard with { Text = _text.Words[word] };
        for (var gap = 0; gap < words.Length; gap++)
        {
            if (words[gap] is not null)
                continue;
            var next = gap;
            while (next < words.Length && words[next] is null)
                next++;
            var left = gap > 0 ? words[gap - 1].End : Math.Min(from, next < words.Length ? words[next].Start : from);
            var right = Math.Max(left, next < words.Length ? words[next].Start : Math.Max(to, left));
            LineSpread.Over([.. _text.Words.Skip(first + gap).Take(next - gap)], Milliseconds.From(left), Milliseconds.From(right))
                .CopyTo(words, gap);
            gap = next;
        }
        return words;
    }

    private (double Offset, double Agreement) Compare()
    {
        if (!_given.IsTimed || Anchors.Count == 0)
            return (0, 0);
        var given = _given.Lines.SelectMany(line => line.Words).ToList();
        // A line's start is told; its other words are only spread over it, unless their times came with them.
        var certain = Anchors.Where(anchor => _text.BeginsLine(anchor.Given) || given[anchor.Given].Estimated != true).ToList();
        _starts = certain.Count;
        var late = (certain.Count >= FewestAnchors ? certain : Anchors).Select(anchor => anchor.Time - given[anchor.Given].Start)
            .Order().ToList();
        var offset = late[late.Count / 2];
        return (offset, (double)late.Count(time => Math.Abs(time - offset) <= Tolerance) / late.Count);
    }
}
