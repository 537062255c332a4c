using Libretto.Karaoke.Layout;

namespace Libretto.Karaoke.Cdg;

/// <summary>A line on the CD+G screen: its tiles, which of them are drawn, and how far each is sung.</summary>
/// <param name="line">The line.</param>
/// <param name="picture">It, drawn.</param>
/// <param name="firstRow">The first row of tiles it takes.</param>
internal sealed class CdgLine(DisplayLine line, CdgPicture picture, int firstRow)
{
    private const int All = 0b111111;

    private readonly int[,] _sung = new int[CdgScreen.SeenColumns, CdgText.LineTileRows];
    private readonly bool[,] _isDrawn = new bool[CdgScreen.SeenColumns, CdgText.LineTileRows];

    public DisplayLine Line => line;

    public int FirstRow => firstRow;

    /// <summary>Tiles to be drawn still, in the order they are read.</summary>
    public Queue<(int Column, int Row)> ToDraw { get; } = new(
        from column in Enumerable.Range(0, CdgScreen.SeenColumns)
        from row in Enumerable.Range(0, CdgText.LineTileRows)
        select (line.IsRightToLeft ? CdgScreen.SeenColumns - 1 - column : column, row));

    /// <summary>
    /// Draws the next tile, as far sung as it is: one packet for each bit that its colours differ in; none for one that is right already.
    /// </summary>
    /// <returns>Whether a packet was written.</returns>
    public bool DrawNext(CdgStream stream)
    {
        var (column, row) = ToDraw.Dequeue();
        _isDrawn[column, row] = true;
        _sung[column, row] = 0;
        return CdgTiles.Draw(stream, column + 1, firstRow + row, (x, y) => ColorOf(column, row, x, y));
    }

    /// <summary>About how many packets are still needed.</summary>
    public int Left => ToDraw.Count * 2;

    /// <summary>The tile that is most behind the voice; null when none is by as many columns of points.</summary>
    /// <param name="time">Now, seconds.</param>
    /// <param name="atLeast">Columns of points, 1 to 6; what ends a piece counts whole.</param>
    public (int Column, int Row, int Behind)? MostBehind(double time, int atLeast)
    {
        if (time < line.Start)
            return null;
        (int Column, int Row, int Behind)? most = null;
        for (var column = 0; column < CdgScreen.SeenColumns; column++)
        {
            var wanted = SungColumns(column, time);
            if (wanted == 0)
                continue;
            for (var row = 0; row < CdgText.LineTileRows; row++)
            {
                var left = wanted & ~_sung[column, row];
                if (left == 0 || !_isDrawn[column, row])
                    continue;
                if (!HasInk(column, row, left))
                {
                    _sung[column, row] |= left;
                    continue;
                }
                var behind = int.PopCount(left);
                if ((behind >= atLeast || wanted == All || _sung[column, row] == 0) && behind > (most?.Behind ?? 0))
                    most = (column, row, behind);
            }
        }
        return most;
    }

    /// <summary>Brings a tile up to the voice: one packet.</summary>
    public void Wipe(CdgStream stream, int column, int row, double time)
    {
        var left = SungColumns(column, time) & ~_sung[column, row];
        Span<byte> bits = stackalloc byte[CdgScreen.TileHeight];
        for (var y = 0; y < CdgScreen.TileHeight; y++)
            for (var x = 0; x < CdgScreen.TileWidth; x++)
                if (IsIn(left, x) && ShadeOf(column, row, x, y) > 0)
                    bits[y] |= (byte)(1 << (CdgScreen.TileWidth - 1 - x));
        stream.Tile(column + 1, firstRow + row, bits, 0, CdgColors.Sung, isXor: true);
        _sung[column, row] |= left;
    }

    /// <summary>Which of a tile's six columns of points are sung, the leftmost the highest bit.</summary>
    private int SungColumns(int column, double time)
    {
        var sung = 0;
        var left = column * CdgScreen.TileWidth;
        for (var i = 0; i < picture.Spans.Count; i++)
        {
            var ((from, to), piece) = (picture.Spans[i], line.Pieces[i]);
            if (time < piece.Start || to <= left || from >= left + CdgScreen.TileWidth)
                continue;
            var share = piece.End > piece.Start ? Math.Min(1, (time - piece.Start) / (piece.End - piece.Start)) : 1;
            // A word shows at once that it has begun.
            var reach = share >= 1 ? to - from : Math.Min(to - from, (int)((to - from) * share) + 2);
            if (line.IsRightToLeft)
                from = to - reach;
            else
                to = from + reach;
            for (var x = Math.Max(0, from - left); x < Math.Min(CdgScreen.TileWidth, to - left); x++)
                sung |= 1 << (CdgScreen.TileWidth - 1 - x);
        }
        return sung;
    }

    private bool HasInk(int column, int row, int columns)
    {
        for (var x = 0; x < CdgScreen.TileWidth; x++)
            for (var y = 0; IsIn(columns, x) && y < CdgScreen.TileHeight; y++)
                if (ShadeOf(column, row, x, y) > 0)
                    return true;
        return false;
    }

    private byte ColorOf(int column, int row, int x, int y) =>
        ShadeOf(column, row, x, y) is > 0 and var shade ? (byte)(shade | CdgColors.Of(line.Voice)) : CdgColors.Background;

    private byte ShadeOf(int column, int row, int x, int y) =>
        picture.Shades[(row * CdgScreen.TileHeight + y) * picture.Width + column * CdgScreen.TileWidth + x];

    private static bool IsIn(int columns, int x) => (columns >> (CdgScreen.TileWidth - 1 - x) & 1) == 1;
}
