using System.Globalization;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.UltraStar;

/// <summary>
/// Reads charts, also those from before the specification: beats that count from each line's start (<c>#RELATIVE:yes</c>), commas in
/// numbers, golden and rapped notes, notes in either voice. A line that cannot be read is left out, and told.
/// </summary>
internal sealed partial class UltraStarReader(LyricsNotices? notices)
{
    private const string Format = "UltraStar";
    private const int MiddleC = 60;

    // A chart may hold any number; a song does not last a day.
    private const double LongestTime = 86_400_000;

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Phrase> _phrases = [];
    private readonly Dictionary<int, long> _offsets = [];
    private int _voice = 1;
    private bool _isOpen;

    public LyricsDocument Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = FormatText.Lines(text);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.Trim().Length == 0)
                continue;
            if (line.Trim() == "E")
                break;
            ReadLine(line, i + 1);
        }
        if (_phrases.Count == 0 && _headers.Count == 0)
            throw LyricsFormatException.NotThisFormat(Format, "it has neither headers nor notes.");
        if (!_headers.ContainsKey("BPM"))
            throw LyricsFormatException.NotThisFormat(Format, "it has no #BPM, without which notes have no times.");
        return Build();
    }

    private void ReadLine(string line, int number)
    {
        var trimmed = line.TrimStart();
        if (trimmed[0] == '#')
            ReadHeader(trimmed, number);
        else if (trimmed[0] == '-')
            EndPhrase(trimmed, number);
        else if (VoiceChange().Match(trimmed) is { Success: true } voice)
            (_voice, _isOpen) = (voice.Groups[1].Value[0] - '0', false);
        else if (NoteLine().Match(trimmed) is { Success: true } note)
            ReadNote(note, number);
        else
            notices?.Add("it is no note, header or end of a phrase, and is left out; a note looks like ': 12 4 7 text'", number);
    }

    private void ReadHeader(string line, int number)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            notices?.Add("the header has no colon and is left out", number);
        else
            _headers[line[1..colon].Trim()] = line[(colon + 1)..].Trim();
    }

    private bool IsRelative => _headers.GetValueOrDefault("RELATIVE")?.Equals("yes", StringComparison.OrdinalIgnoreCase) == true;

    private void EndPhrase(string line, int number)
    {
        var beats = line[1..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        _isOpen = false;
        if (!IsRelative)
            return;
        // The line after counts from the last of the numbers.
        if (beats.Length == 0 || !long.TryParse(beats[^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var shift))
            throw LyricsFormatException.Broken(Format, number, "its beats are relative, but the end of a line does not say from where.");
        _offsets[_voice] = _offsets.GetValueOrDefault(_voice) + shift;
    }

    private void ReadNote(Match note, int number)
    {
        if (!long.TryParse(note.Groups["start"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start) ||
            !long.TryParse(note.Groups["length"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ||
            !int.TryParse(note.Groups["pitch"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pitch))
        {
            notices?.Add("one of the note's numbers is too large; it is left out", number);
            return;
        }
        if (!_isOpen)
            _phrases.Add(new Phrase(_voice, []));
        _isOpen = true;
        var isPitched = note.Groups["type"].Value is ":" or "*";
        _phrases[^1].Notes.Add(new ChartNote(
            _offsets.GetValueOrDefault(_voice) + start, length, isPitched ? Math.Clamp(pitch + MiddleC, 0, 127) : null,
            note.Groups["text"].Value));
    }

    private LyricsDocument Build()
    {
        var grid = new BeatGrid(Number("BPM") is > 0 and < 100_000 and { } bpm ? bpm : throw BadHeader("BPM"), (long)(Number("GAP") ?? 0));
        var drafts = Merge([.. _phrases.Select(phrase => (phrase.Voice, Line: ToLine(phrase, grid)))]).ToList();
        var end = drafts.Count == 0 ? 0 : drafts.Max(line => line.Words[^1].End);
        var document = new LyricsDocument
        {
            Title = Text("TITLE"),
            Artist = Text("ARTIST"),
            Language = Text("LANGUAGE")?.Split(',')[0] is { } language ? Languages.Find(language) : null,
            Duration = Milliseconds.ToSeconds(Math.Max(Milliseconds.From(end), (long)(Number("END") ?? 0))),
            Lines = drafts,
        };
        return DocumentRules.Normalize(document);
    }

    private static LyricsLine? ToLine(Phrase phrase, BeatGrid grid)
    {
        var words = new List<LyricsWord>();
        var parted = true;
        foreach (var note in phrase.Notes)
        {
            var text = note.Text;
            var (start, end) = (TimeOf(grid, note.Start), TimeOf(grid, note.Start + note.Length));
            parted |= text.Length > 0 && text.TrimStart() != text;
            var pieces = WordText.Split(text);
            var isHeld = pieces.Length == 0 || (pieces.Length == 1 && pieces[0] == UltraStarText.Held);
            if (isHeld && words.Count > 0)
                words[^1] = Add(words[^1], new LyricsSyllable("", start, end) { Pitch = note.Pitch });
            else if (!isHeld)
                Append(words, pieces, start, end, note.Pitch, parted);
            parted = text.Length > 0 && text.TrimEnd() != text;
        }
        return words.Count == 0 ? null : LyricsLine.Of([.. words.Select(Simplify)]);
    }

    private static void Append(List<LyricsWord> words, string[] pieces, double start, double end, int? pitch, bool parted)
    {
        for (var i = 0; i < pieces.Length; i++)
        {
            // Several words on one note share it by their number.
            var (from, to) = (start + (end - start) * i / pieces.Length, start + (end - start) * (i + 1) / pieces.Length);
            var text = UltraStarText.Unguard(pieces[i]);
            var goesOn = text.Length > 1 && text[0] == UltraStarText.Held[0] && pieces[i] == text;
            var syllable = new LyricsSyllable(goesOn ? text[1..] : text, Milliseconds.Round(from),
                Milliseconds.Round(to)) { Pitch = pitch };
            if (words.Count > 0 && (goesOn || (i == 0 && !parted && WordJoiner.NeedsSpace(words[^1].Text, text))))
                words[^1] = Add(words[^1], syllable);
            else
                words.Add(new LyricsWord(syllable.Text, syllable.Start, syllable.End) { Syllables = [syllable] });
        }
    }

    private static LyricsWord Add(LyricsWord word, LyricsSyllable syllable) => word with
    {
        Text = word.Text + syllable.Text, End = Math.Max(word.End, syllable.End), Syllables = [.. word.Syllables!, syllable],
    };

    /// <summary>A word sung on one note whose pitch is not known has nothing to say of syllables.</summary>
    private static LyricsWord Simplify(LyricsWord word) => word.Syllables is [{ Pitch: null }] ? word with { Syllables = null } : word;

    /// <summary>Lines of all voices in order; one that two sing alike, at the same time, is sung by both.</summary>
    private static IEnumerable<LyricsLine> Merge(IReadOnlyList<(int Voice, LyricsLine? Line)> lines)
    {
        var isDuet = lines.Select(line => line.Voice).Distinct().Count() > 1;
        var merged = new List<(int Voice, LyricsLine Line)>();
        foreach (var (voice, line) in lines)
        {
            if (line is null)
                continue;
            var twin = merged.FindIndex(other => other.Voice != voice && other.Line.Start == line.Start && other.Line.End == line.End &&
                other.Line.Text == line.Text);
            if (twin >= 0)
                merged[twin] = (0, merged[twin].Line);
            else
                merged.Add((voice, line));
        }
        return merged.OrderBy(line => line.Line.Start).Select(line => isDuet ? line.Line with { Voice = VoiceOf(line.Voice) } : line.Line);
    }

    // Older charts call both 3; more than two voices there are none in a document.
    private static LyricsVoice VoiceOf(int voice) => voice switch
    {
        1 => LyricsVoice.First,
        2 => LyricsVoice.Second,
        _ => LyricsVoice.Both,
    };

    private static double TimeOf(BeatGrid grid, long beat) =>
        Milliseconds.ToSeconds((long)Math.Clamp(Math.Round(grid.TimeOf(beat)), 0, LongestTime));

    private string? Text(string header) => _headers.GetValueOrDefault(header) is { Length: > 0 } text ? WordText.Clean(text) : null;

    private double? Number(string header)
    {
        if (Text(header) is not { } text)
            return null;
        return double.TryParse(text.Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var number) &&
               Math.Abs(number) <= LongestTime
            ? number
            : throw BadHeader(header);
    }

    private LyricsFormatException BadHeader(string header) => LyricsFormatException.NotThisFormat(
        Format, $"#{header} is '{Shorten(_headers.GetValueOrDefault(header) ?? "")}', not a number that can be.");

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";

    [GeneratedRegex(@"^P\s?([1-9])\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex VoiceChange();

    [GeneratedRegex(@"^(?<type>[!-,./:-~])\s+(?<start>-?\d+)\s+(?<length>\d+)\s+(?<pitch>-?\d+)(\s(?<text>.*))?$")]
    private static partial Regex NoteLine();

    private sealed record Phrase(int Voice, List<ChartNote> Notes);

    private sealed record ChartNote(long Start, long Length, int? Pitch, string Text);
}
