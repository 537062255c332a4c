namespace Libretto.Karaoke.Cdg;

/// <summary>
/// Draws tiles of more than two colours: the first packet sets the lowest bits of their numbers, each further one another bit.
/// </summary>
internal static class CdgTiles
{
    /// <summary>Makes a tile look as it should.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="column">0 to 49.</param>
    /// <param name="row">0 to 17.</param>
    /// <param name="color">The colour of each of its points.</param>
    /// <returns>Whether a packet was needed.</returns>
    public static bool Draw(CdgStream stream, int column, int row, Func<int, int, byte> color)
    {
        Span<byte> wanted = stackalloc byte[CdgScreen.TileWidth * CdgScreen.TileHeight];
        byte used = 0;
        var isRight = true;
        for (var y = 0; y < CdgScreen.TileHeight; y++)
            for (var x = 0; x < CdgScreen.TileWidth; x++)
            {
                var point = wanted[y * CdgScreen.TileWidth + x] = color(x, y);
                used |= point;
                isRight &= stream.Screen[column * CdgScreen.TileWidth + x, row * CdgScreen.TileHeight + y] == point;
            }
        if (isRight)
            return false;
        Span<byte> bits = stackalloc byte[CdgScreen.TileHeight];
        var isFirst = true;
        // Two colours in all need one packet, whatever bits they have.
        if (OnlyColor(wanted) is { } single)
        {
            Plane(wanted, single, bits);
            stream.Tile(column, row, bits, CdgColors.Background, single);
            return true;
        }
        for (byte bit = 1; bit < 16; bit <<= 1)
        {
            if ((used & bit) == 0)
                continue;
            Plane(wanted, bit, bits);
            stream.Tile(column, row, bits, CdgColors.Background, bit, isXor: !isFirst);
            isFirst = false;
        }
        return true;
    }

    /// <summary>The one colour there is beside the background's; null when there are more. The background's where there is none.</summary>
    private static byte? OnlyColor(ReadOnlySpan<byte> points)
    {
        byte only = 0;
        foreach (var point in points)
        {
            if (point != 0 && only != 0 && point != only)
                return null;
            only = point != 0 ? point : only;
        }
        return only;
    }

    private static void Plane(ReadOnlySpan<byte> points, byte bit, Span<byte> bits)
    {
        for (var y = 0; y < CdgScreen.TileHeight; y++)
        {
            bits[y] = 0;
            for (var x = 0; x < CdgScreen.TileWidth; x++)
                if ((points[y * CdgScreen.TileWidth + x] & bit) != 0)
                    bits[y] |= (byte)(1 << (CdgScreen.TileWidth - 1 - x));
        }
    }
}
