using Libretto.Karaoke.Fonts;
using Libretto.Karaoke.Layout;

namespace Libretto.Karaoke.Cdg;

/// <summary>
/// Plays a song on the CD+G screen, packet by packet: four lines, of which the upper two and the lower two are replaced in turn while the
/// other two are sung. The wipe takes what packets the pages leave, and takes more points at a time when these are few: it is coarser
/// then, and a page is never late for it.
/// </summary>
internal sealed class CdgShow
{
    private const int LinesOfHalf = 2;

    // Rows of tiles of the four lines; there is border above and below.
    private static readonly int[] s_rows = [3, 6, 9, 12];

    // A title is shown if there is as much time, and as long, seconds.
    private const double ShortestTitle = 2.5, LongestTitle = 8, FirstLineAhead = 3.2;

    // A line stays as long after its last word, and a half should stand as long before its first.
    private const double Lingers = 0.3, Ahead = 0.7;

    private readonly CdgStream _stream;
    private readonly CdgText _text;
    private readonly KaraokeSong _song;
    private readonly Queue<Half> _halves;
    private readonly List<CdgLine> _shown = [];
    private readonly List<Half> _drawn = [];

    private CdgShow(KaraokeSong song, FontSet fonts, Stream output)
    {
        _song = song;
        _stream = new CdgStream(output);
        _text = new CdgText(fonts);
        _halves = new Queue<Half>(Halves(DisplayLines.Of(song.Lines, CdgText.Widest, _text.Width)));
    }

    /// <summary>Writes the packets of a whole song.</summary>
    /// <param name="song">The song.</param>
    /// <param name="fonts">Fonts that hold its letters.</param>
    /// <param name="output">Where to.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static void Write(KaraokeSong song, FontSet fonts, Stream output, IProgress<double>? progress,
        CancellationToken cancellationToken) =>
        new CdgShow(song, fonts, output).Write(progress, cancellationToken);

    private void Write(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var end = (long)Math.Ceiling(_song.Duration * CdgStream.PacketsPerSecond);
        _stream.LoadColors(CdgColors.All);
        _stream.Border(CdgColors.Background);
        _stream.Clear(CdgColors.Background);
        var linesFrom = WriteTitle(end);
        while (_stream.Count < end)
        {
            if (_stream.Count % (10 * CdgStream.PacketsPerSecond) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report((double)_stream.Count / end);
            }
            if (_stream.Time < linesFrom || !WriteNext())
                _stream.Skip();
        }
        progress?.Report(1);
    }

    /// <summary>The title page, until lines may appear.</summary>
    private double WriteTitle(long end)
    {
        var first = _halves.Count > 0 ? _halves.Peek().Start : double.PositiveInfinity;
        var until = Math.Min(LongestTitle, first - FirstLineAhead);
        List<(string, float)> texts = [(_song.Title, 30), (_song.Artist, 20)];
        if (_halves.Count == 0)
        {
            until = double.PositiveInfinity;
            texts.Add(("Nobody was heard to sing here.", 16));
        }
        if (until < ShortestTitle || texts.All(text => text.Item1.Length == 0))
            return 0;
        var page = _text.DrawPage(texts.Where(text => text.Item1.Length > 0));
        for (var row = 0; row < CdgScreen.SeenRows; row++)
            for (var column = 0; column < CdgScreen.SeenColumns && _stream.Count < end; column++)
                CdgTiles.Draw(_stream, column + 1, row + 1, (x, y) =>
                    page.Shades[(row * CdgScreen.TileHeight + y) * page.Width + column * CdgScreen.TileWidth + x]);
        while (_stream.Time < until && _stream.Count < end)
            _stream.Skip();
        if (_halves.Count > 0 && _stream.Count < end)
            _stream.Clear(CdgColors.Background);
        return until;
    }

    /// <summary>Writes what is wanted most now; false when nothing is.</summary>
    private bool WriteNext()
    {
        OpenHalves();
        var drawing = _drawn.FirstOrDefault(half => half.Lines.Any(line => line.ToDraw.Count > 0));
        if (drawing is not null && IsUrgent(drawing) && Draw(drawing))
            return true;
        return Wipe(atLeast: drawing is null ? 2 : 3) || (drawing is not null && Draw(drawing));
    }

    /// <summary>A half is drawn once the one before it in the same place has been sung.</summary>
    private void OpenHalves()
    {
        while (_halves.TryPeek(out var next) && (_drawn.Count < 2 || _stream.Time >= _drawn[^2].End + Lingers))
        {
            _drawn.Add(_halves.Dequeue());
            // What was in its place is gone with the first tile.
            _shown.RemoveAll(line => next.Lines.Any(other => other.FirstRow == line.FirstRow));
            next.Draw(_text);
            _shown.AddRange(next.Lines);
        }
    }

    /// <summary>Whether a half would be late if the wipe went first.</summary>
    private bool IsUrgent(Half half) => half.Left >= (half.Start - Ahead - _stream.Time) * CdgStream.PacketsPerSecond * 0.6;

    private bool Draw(Half half)
    {
        foreach (var line in half.Lines)
            while (line.ToDraw.Count > 0)
                if (line.DrawNext(_stream))
                    return true;
        return false;
    }

    private bool Wipe(int atLeast)
    {
        var time = _stream.Time;
        (CdgLine Line, int Column, int Row, int Behind)? most = null;
        foreach (var line in _shown)
            if (line.MostBehind(time, atLeast) is { } tile && tile.Behind > (most?.Behind ?? 0))
                most = (line, tile.Column, tile.Row, tile.Behind);
        if (most is not { } found)
            return false;
        found.Line.Wipe(_stream, found.Column, found.Row, time);
        return true;
    }

    private static IEnumerable<Half> Halves(IReadOnlyList<DisplayLine> lines) =>
        lines.Chunk(LinesOfHalf).Select((pair, i) => new Half(pair, [.. s_rows.Skip(i % 2 * LinesOfHalf).Take(LinesOfHalf)]));

    /// <summary>Two lines that are replaced together; the place of a half that has only one is emptied.</summary>
    private sealed class Half(IReadOnlyList<DisplayLine> lines, int[] rows)
    {
        public IReadOnlyList<CdgLine> Lines { get; private set; } = [.. rows.Select(row => Placeholder(row))];

        public double Start => lines[0].Start;

        public double End { get; } = lines.Max(line => line.End);

        public int Left => Lines.Sum(line => line.Left);

        /// <summary>Draws the letters, which takes memory, only when they are needed.</summary>
        public void Draw(CdgText text) =>
            Lines = [.. rows.Select((row, i) => i < lines.Count ? new CdgLine(lines[i], text.Draw(lines[i]), row) : Placeholder(row))];

        private static CdgLine Placeholder(int row) => new(
            new DisplayLine([new DisplayPiece("", "", double.MaxValue, double.MaxValue)], null, false, false),
            new CdgPicture(new byte[CdgScreen.SeenColumns * CdgScreen.TileWidth * CdgText.LineTileRows * CdgScreen.TileHeight],
                CdgScreen.SeenColumns * CdgScreen.TileWidth, CdgText.LineTileRows * CdgScreen.TileHeight, [(0, 0)]),
            row);
    }
}
