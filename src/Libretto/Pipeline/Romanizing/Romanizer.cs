using System.Text;
using Libretto.Lyrics;
using Libretto.Tools;

namespace Libretto.Pipeline.Romanizing;

/// <summary>
/// Writes lines of other scripts in Latin letters too, for singers who cannot read them: <see cref="LyricsLine.Romanized"/>, where each
/// word stands for a word of the line if there are as many. Kanji are read by MeCab, where the system has it.
/// </summary>
public sealed class Romanizer
{
    private readonly JapaneseReadings _readings;

    /// <summary>Creates a romanizer.</summary>
    /// <param name="tools">Runs MeCab.</param>
    public Romanizer(ToolRunner tools) => _readings = new JapaneseReadings(tools);

    /// <summary>Romanizes the lines that need it and have nothing of the kind yet.</summary>
    /// <param name="document">The lyrics.</param>
    /// <param name="notice">Told what could not be romanized, and what helps.</param>
    /// <param name="cancellationToken">Ends MeCab at once.</param>
    public async Task<LyricsDocument> RunAsync(
        LyricsDocument document, Action<string> notice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(notice);
        var language = document.Language is { } said ? Languages.Find(said) ?? said : null;
        var isJapanese = language == "ja" ||
            (language is null or "und" && document.Lines.Any(line => WaysOf(line).Contains(Romanization.Kana)));
        var read = await ReadAsync([.. document.Lines.Where(line => IsJapanese(line, isJapanese))], notice, cancellationToken);
        var refused = new Refused(notice);
        var lines = document.Lines.Select(line => Needs(line)
            ? line with { Romanized = Of(line, language, isJapanese, read, refused) } : line).ToList();
        refused.Tell();
        return document with { Lines = lines };
    }

    private static string? Of(LyricsLine line, string? language, bool isJapanese,
        Dictionary<LyricsLine, IReadOnlyList<JapanesePiece>>? read, Refused refused)
    {
        var ways = WaysOf(line);
        if (ways.Contains(Romanization.NotOffered))
            return refused.Add("in a script that does not say in its letters how it is sung (Arabic, Hebrew, Thai and the like)");
        if (IsJapanese(line, isJapanese))
        {
            if (read?.GetValueOrDefault(line) is { } pieces)
                return JapaneseLine.Of(line.Words, pieces);
            // Told already, with what helps.
            return ways.Contains(Romanization.Ideograph) ? null : Joined(Kana.Romanize([.. line.Words.Select(word => word.Text)])
                .Select(word => LatinLetters.Of(word, language)));
        }
        if (ways.Contains(Romanization.Ideograph) && language == "yue")
            return refused.Add("in Cantonese, whose sounds are not known here");
        return Joined(line.Words.Select(word => LatinLetters.Of(word.Text, language)));
    }

    private static string? Joined(IEnumerable<string> words) =>
        string.Join(' ', words.Where(word => word.Length > 0)) is { Length: > 0 } line ? line : null;

    /// <summary>What MeCab says of lines; null where it cannot be asked, which is told if a line needs it.</summary>
    private async Task<Dictionary<LyricsLine, IReadOnlyList<JapanesePiece>>?> ReadAsync(
        List<LyricsLine> lines, Action<string> notice, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
            return null;
        var unread = lines.Count(line => WaysOf(line).Contains(Romanization.Ideograph));
        try
        {
            var read = await _readings.OfAsync([.. lines.Select(line => line.Text)], cancellationToken);
            var found = new Dictionary<LyricsLine, IReadOnlyList<JapanesePiece>>(ReferenceEqualityComparer.Instance);
            foreach (var (line, pieces) in lines.Zip(read))
                if (string.Concat(pieces.Select(piece => piece.Text)) == JapaneseLine.WithoutGaps(line.Text))
                    found[line] = pieces;
            unread = lines.Count(line => !found.ContainsKey(line) && WaysOf(line).Contains(Romanization.Ideograph));
            if (unread > 0)
                notice($"{unread} lines with kanji are not romanized: MeCab could not read them. Install a dictionary for it in UTF-8, " +
                    "such as mecab-ipadic-utf8.");
            return found;
        }
        catch (ToolException e)
        {
            if (unread > 0)
                notice($"{unread} lines with kanji are not romanized, for reading them takes MeCab: {e.Message}");
            return null;
        }
    }

    private static bool Needs(LyricsLine line) => line.Romanized is null && line.Sung != false &&
        WaysOf(line).Any(way => way != Romanization.NotNeeded);

    private static bool IsJapanese(LyricsLine line, bool isJapaneseSong) => Needs(line) && WaysOf(line) is var ways &&
        (ways.Contains(Romanization.Kana) || (isJapaneseSong && ways.Contains(Romanization.Ideograph)));

    private static HashSet<Romanization> WaysOf(LyricsLine line) => [.. line.Text.EnumerateRunes().Select(LatinLetters.WayOf)];

    /// <summary>Lines that are not romanized, by the reason.</summary>
    private sealed class Refused(Action<string> notice)
    {
        private readonly Dictionary<string, int> _reasons = [];

        public string? Add(string reason)
        {
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            return null;
        }

        public void Tell()
        {
            foreach (var (reason, count) in _reasons)
                notice($"{count} lines are not romanized: they are {reason}.");
        }
    }
}
