using System.Globalization;
using System.Text;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.UltraStar;

/// <summary>Writes charts: header, then the notes of each voice.</summary>
internal static class UltraStarWriter
{
    private const string Version = "1.1.0";

    // Pitches count from C4, which MIDI calls 60.
    private const int MiddleC = 60;

    // The longest of all notes earn twice the points: one in twenty, as charts usually have it, and none that is over at once, seconds.
    private const int GoldenOf = 20;
    private const double ShortestGolden = 0.27;

    /// <summary>Writes a chart.</summary>
    /// <param name="document">Lyrics with times.</param>
    /// <param name="media">The files beside it.</param>
    /// <param name="notices">Told what has no place in it.</param>
    public static string Write(LyricsDocument document, UltraStarMedia media, LyricsNotices? notices)
    {
        var lines = FormatText.SungLines(document, "ultrastar").ToList();
        var voices = Voices(lines);
        if (lines.Count(line => !voices.Any(voice => voice.Lines.Contains(line))) is > 0 and var left)
            notices?.Add($"background lines that sound while another line does are left out, for a voice sings one note at a time " +
                $"({left})");
        var grid = BeatGrid.For([.. voices.SelectMany(voice => voice.Lines).SelectMany(Syllables)
            .Select(note => (Milliseconds.From(note.Start), Milliseconds.From(note.End)))]);

        var chart = new StringBuilder();
        Header(chart, "VERSION", Version);
        Header(chart, "TITLE", document.Title, "Unknown");
        Header(chart, "ARTIST", document.Artist, "Unknown");
        Header(chart, "LANGUAGE", document.Language is { } code && Languages.EnglishName(code) is { } name
            ? char.ToUpperInvariant(name[0]) + name[1..] : null);
        Header(chart, "MP3", media.Audio);
        Header(chart, "AUDIO", media.Audio);
        Header(chart, "VOCALS", media.Vocals);
        Header(chart, "INSTRUMENTAL", media.Instrumental);
        Header(chart, "COVER", media.Cover);
        Header(chart, "VIDEO", media.Video);
        if (voices.Count > 1)
            foreach (var voice in voices)
                Header(chart, voice.Name, $"Voice {voice.Name[1..]}");
        Header(chart, "BPM", grid.Bpm.ToString("0.##", CultureInfo.InvariantCulture));
        Header(chart, "GAP", grid.Gap.ToString(CultureInfo.InvariantCulture));
        Header(chart, "END", Milliseconds.From(document.Duration).ToString(CultureInfo.InvariantCulture));
        foreach (var voice in voices)
        {
            if (voices.Count > 1)
                chart.Append(voice.Name).Append('\n');
            AppendVoice(chart, grid, voice.Lines);
        }
        return chart.Append("E\n").ToString();
    }

    private static void Header(StringBuilder chart, string name, string? value, string? otherwise = null)
    {
        var clean = WordText.Clean(value) is { Length: > 0 } text ? text : otherwise;
        if (clean is not null)
            chart.Append('#').Append(name).Append(':').Append(clean).Append('\n');
    }

    /// <summary>
    /// Who sings what; lines that both sing stand in both. Background lines go where no other line of their voice sounds.
    /// </summary>
    private static List<(string Name, List<LyricsLine> Lines)> Voices(List<LyricsLine> lines)
    {
        if (lines.All(line => line.Voice is null or LyricsVoice.First))
            return [("P1", Alone(lines))];
        return
        [
            ("P1", Alone(lines.Where(line => line.Voice != LyricsVoice.Second))),
            ("P2", Alone(lines.Where(line => line.Voice is LyricsVoice.Second or LyricsVoice.Both))),
        ];
    }

    private static List<LyricsLine> Alone(IEnumerable<LyricsLine> lines)
    {
        var all = lines.ToList();
        var main = all.Where(line => line.Background != true).ToList();
        return [.. all.Where(line => line.Background != true || !main.Any(other => other.Start < line.End && other.End > line.Start))];
    }

    private static void AppendVoice(StringBuilder chart, BeatGrid grid, List<LyricsLine> lines)
    {
        long free = 0;
        var all = lines.Select(line => Syllables(line).ToList()).ToList();
        var golden = Golden(all);
        var starts = all.Select(notes => notes.Select(note => grid.BeatOf(Milliseconds.From(note.Start))).ToArray()).ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                chart.Append(CultureInfo.InvariantCulture, $"- {free}\n");
            var notes = all[i];
            for (var j = 0; j < notes.Count; j++)
            {
                var start = Math.Max(free, starts[i][j]);
                var next = j + 1 < notes.Count ? starts[i][j + 1] : i + 1 < lines.Count ? starts[i + 1][0] : long.MaxValue;
                var end = Math.Max(start + 1, Math.Min(grid.BeatOf(Milliseconds.From(notes[j].End)), next));
                AppendNote(chart, notes[j], golden.Contains(notes[j]), start, end - start);
                free = end;
            }
        }
    }

    private static HashSet<Note> Golden(List<List<Note>> lines)
    {
        var notes = lines.SelectMany(line => line).Where(note => note.Pitch is not null).ToList();
        return [.. notes.Where(note => note.End - note.Start >= ShortestGolden).OrderByDescending(note => note.End - note.Start)
            .Take(notes.Count / GoldenOf)];
    }

    private static void AppendNote(StringBuilder chart, Note note, bool isGolden, long start, long length)
    {
        var type = note.Pitch is null ? 'F' : isGolden ? '*' : ':';
        chart.Append(CultureInfo.InvariantCulture, $"{type} {start} {length} {(note.Pitch ?? MiddleC) - MiddleC} {note.Text}\n");
    }

    /// <summary>A line's notes; a space stands at the end of a word where its script writes one.</summary>
    private static IEnumerable<Note> Syllables(LyricsLine line)
    {
        for (var i = 0; i < line.Words.Count; i++)
        {
            var word = line.Words[i];
            var space = i + 1 < line.Words.Count && WordJoiner.NeedsSpace(word.Text, line.Words[i + 1].Text) ? " " : "";
            var syllables = word.Syllables is { Count: > 0 } known ? known : [new LyricsSyllable(word.Text, word.Start, word.End)];
            for (var j = 0; j < syllables.Count; j++)
            {
                var text = syllables[j].Text.Length == 0 ? UltraStarText.Held : UltraStarText.Protect(syllables[j].Text);
                yield return new Note(syllables[j].Start, syllables[j].End, syllables[j].Pitch,
                    text + (j + 1 == syllables.Count ? space : ""));
            }
        }
    }

    private sealed record Note(double Start, double End, int? Pitch, string Text);
}
