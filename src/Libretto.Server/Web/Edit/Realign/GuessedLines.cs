using Libretto.Lyrics;
using Libretto.Pipeline;

namespace Libretto.Server.Web.Edit.Realign;

/// <summary>Lines with guessed times, and the stretch of the song in which they must be sung.</summary>
internal static class GuessedLines
{
    // What is offered beyond words whose times are known, seconds.
    private const double Room = 2;

    /// <summary>The lines with a word whose time is a guess and was none before, those that follow each other as one.</summary>
    /// <param name="now">The lyrics.</param>
    /// <param name="before">The lyrics with the guesses that are not meant.</param>
    public static IReadOnlyList<(int First, int Last)> Of(LyricsDocument now, LyricsDocument before)
    {
        var known = LyricsEdit.Words(before).Where(word => word.Estimated == true).ToHashSet();
        List<(int First, int Last)> runs = [];
        for (var line = 0; line < now.Lines.Count; line++)
        {
            if (now.Lines[line].Sung == false || !now.Lines[line].Words.Any(word => word.Estimated == true && !known.Contains(word)))
                continue;
            // Where neighbours leave no room, they are listened to as well.
            var first = line;
            while (first > 0 && !HasRoom(now, first, line))
                first--;
            var last = line;
            while (last + 1 < now.Lines.Count && !HasRoom(now, first, last))
                last++;
            if (runs is [.., var run] && first <= run.Last + 1)
                runs[^1] = (Math.Min(run.First, first), Math.Max(run.Last, last));
            else
                runs.Add((first, last));
        }
        return runs;
    }

    /// <summary>Between what and what lines must be sung: their neighbours, and not far from where they are known to be.</summary>
    public static (double From, double To) BoundsOf(LyricsDocument document, int first, int last)
    {
        var lines = document.Lines;
        var (before, after) = (first > 0 ? lines[first - 1].End : 0, last + 1 < lines.Count ? lines[last + 1].Start : document.Duration);
        var from = lines[first].Words[0].Estimated == true ? before : Math.Max(before, lines[first].Start - Room);
        var to = lines[last].Words[^1].Estimated == true ? after : Math.Min(after, lines[last].End + Room);
        // Lines may overlap.
        return (Math.Min(from, lines[first].Start), Math.Max(to, lines[last].End));
    }

    /// <summary>The texts of lines, from the first to the last.</summary>
    public static string[] TextsOf(LyricsDocument document, int first, int last) =>
        [.. document.Lines.Skip(first).Take(last - first + 1).Select(line => line.Text)];

    private static bool HasRoom(LyricsDocument document, int first, int last)
    {
        var (from, to) = BoundsOf(document, first, last);
        return to - from >= PassagePipeline.Shortest;
    }
}
