namespace Libretto.Pitch;

/// <summary>
/// Mends notes heard an octave off. A song keeps to a range; a note outside the range that most of its notes lie in, which an octave would
/// bring to its neighbours, is one of these.
/// </summary>
internal static class OctaveRepair
{
    // Of all frames, this share lies below the range, and as many above.
    private const double Tail = 0.1;

    // Beyond the range by as much, half tones, a note is doubted.
    private const double Margin = 2;

    private const int Neighbours = 4;

    /// <summary>Mends notes in the order they are sung; those that were given rather than heard stay.</summary>
    public static void Apply(IReadOnlyList<HeardNote> notes)
    {
        var heard = notes.Where(note => note.Note is not null).ToList();
        if (heard.Count(note => note.Frames > 0) < 4)
            return;
        var (low, high) = RangeOf(heard);
        for (var i = 0; i < heard.Count; i++)
        {
            var note = heard[i].Note!.Value;
            if (heard[i].Frames == 0 || (note >= low - Margin && note <= high + Margin))
                continue;
            var around = Around(heard, i);
            var shifted = note + 12 * Math.Round((around - note) / 12);
            if (shifted >= low - Margin && shifted <= high + Margin)
                heard[i].Note = shifted;
        }
    }

    private static (double Low, double High) RangeOf(List<HeardNote> heard)
    {
        var sorted = heard.OrderBy(note => note.Note).ToList();
        var total = sorted.Sum(Weight);
        var (low, high, passed) = (sorted[0].Note!.Value, sorted[^1].Note!.Value, 0);
        foreach (var note in sorted)
        {
            if (passed <= total * Tail)
                low = note.Note!.Value;
            if (passed <= total * (1 - Tail))
                high = note.Note!.Value;
            passed += Weight(note);
        }
        return (low, high);
    }

    private static double Around(List<HeardNote> heard, int at)
    {
        var near = heard.Skip(Math.Max(0, at - Neighbours)).Take(2 * Neighbours + 1).Where(note => note != heard[at])
            .Select(note => note.Note!.Value).Order().ToList();
        return near[near.Count / 2];
    }

    private static int Weight(HeardNote note) => Math.Max(1, note.Frames);
}
