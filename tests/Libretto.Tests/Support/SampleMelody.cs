using System.Globalization;
using System.Text.RegularExpressions;

namespace Libretto.Tests.Support;

/// <summary>The melody of a sample song, as its score has it (samples/scores).</summary>
internal sealed partial class SampleMelody
{
    private readonly List<(double Start, int Pitch)> _tones = [];

    /// <summary>Reads a score.</summary>
    /// <param name="name">The song's name, such as <c>morning-light</c>.</param>
    public SampleMelody(string name)
    {
        var score = File.ReadAllText(Repository.File("samples", "scores", $"{name.Replace('-', '_')}.py"));
        var (beat, lead) = (60 / Number(score, "TEMPO"), Number(score, "LEAD"));
        var lines = score[score.IndexOf("LINES = ", StringComparison.Ordinal)..score.IndexOf("CHORDS = ", StringComparison.Ordinal)];
        var bar = 0;
        foreach (Match match in BarOrTones().Matches(lines))
        {
            if (match.Groups["bar"].Success)
                bar = int.Parse(match.Groups["bar"].Value, CultureInfo.InvariantCulture);
            else
                foreach (var tone in match.Groups["tones"].Value.Split(' ').Select(tone => tone.Split(':')))
                    _tones.Add((lead + (bar * 4 + double.Parse(tone[0], CultureInfo.InvariantCulture)) * beat, Midi(tone[1])));
        }
        Assert.True(_tones.Count > 40);
    }

    /// <summary>Tones, a vowel each.</summary>
    public int Count => _tones.Count;

    /// <summary>The tone that a stretch of time shares most with, a MIDI note number.</summary>
    public int At(double start, double end) => _tones
        .Select((tone, i) => (tone.Pitch, Shared: Math.Min(end, i + 1 < _tones.Count ? _tones[i + 1].Start : double.PositiveInfinity) -
            Math.Max(start, tone.Start)))
        .MaxBy(tone => tone.Shared).Pitch;

    /// <summary>Whether a note is on the right half tone of its time, octaves not counted.</summary>
    public bool Has(int? pitch, double start, double end) => pitch is { } note && (note - At(start, end)) % 12 == 0;

    private static double Number(string score, string name) =>
        double.Parse(Regex.Match(score, $@"^{name} = ([\d.]+)", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);

    private static int Midi(string note) => 12 * (note[^1] - '0' + 1) + "C D EF G A B".IndexOf(note[0], StringComparison.Ordinal) +
        (note.Contains('#', StringComparison.Ordinal) ? 1 : 0);

    /// <summary>A line begins with its bar; a word ends with beats and tones.</summary>
    [GeneratedRegex(@"^\s*\(?\[?\s*\((?<bar>\d+), [\d.]+, \[|""(?<tones>[\d.]+:[A-G]#?\d(?: [\d.]+:[A-G]#?\d)*)""", RegexOptions.Multiline)]
    private static partial Regex BarOrTones();
}
