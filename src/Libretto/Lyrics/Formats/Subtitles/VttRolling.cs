namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>
/// YouTube's rolling captions, where each cue shows the line before once more above the new one, and some only hold what is there.
/// </summary>
internal static class VttRolling
{
    /// <summary>No player shows more lines at once.</summary>
    private const int MostShown = 10;

    /// <summary>The cues with only those lines that they are the first to show.</summary>
    /// <param name="cues">In the file's order.</param>
    /// <param name="plain">A line's text without tags.</param>
    public static IEnumerable<Cue> New(IEnumerable<Cue> cues, Func<string, string> plain)
    {
        var shown = new List<string>();
        foreach (var cue in cues)
        {
            var lines = cue.Lines.Where(line => !string.IsNullOrWhiteSpace(plain(line))).ToList();
            var texts = lines.ConvertAll(line => plain(line).Trim());
            // What stands on top was at the bottom of the cue before, or is all of it.
            var old = 0;
            for (var count = Math.Min(MostShown, Math.Min(texts.Count, shown.Count)); count > 0 && old == 0; count--)
            {
                if (shown.TakeLast(count).SequenceEqual(texts.Take(count)))
                    old = count;
            }
            if (old < lines.Count)
                yield return cue with { Lines = lines[old..] };
            if (texts.Count > 0)
                shown = texts;
        }
    }
}
