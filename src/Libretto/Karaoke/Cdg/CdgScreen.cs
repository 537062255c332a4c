namespace Libretto.Karaoke.Cdg;

/// <summary>
/// The screen of CD+G: 300 x 216 points of 16 colours, changed by tiles of 6 x 12. Around 288 x 192 of them players draw a border.
/// </summary>
internal sealed class CdgScreen
{
    public const int TileWidth = 6, TileHeight = 12;
    public const int Columns = 50, Rows = 18;

    /// <summary>Tiles that are seen; the first of a row or column is border.</summary>
    public const int SeenColumns = 48, SeenRows = 16;

    private readonly byte[] _points = new byte[Columns * TileWidth * Rows * TileHeight];

    /// <summary>The colour of a point.</summary>
    public byte this[int x, int y] => _points[y * Columns * TileWidth + x];

    /// <summary>Gives every point one colour.</summary>
    public void Fill(byte color) => Array.Fill(_points, color);

    /// <summary>Sets a tile's points.</summary>
    /// <param name="column">0 to 49.</param>
    /// <param name="row">0 to 17.</param>
    /// <param name="bits">Twelve rows of six bits, the leftmost point the highest.</param>
    /// <param name="zero">What points whose bit is 0 get.</param>
    /// <param name="one">What the others get.</param>
    /// <param name="isXor">Whether the colours are set against those that are there bit by bit.</param>
    public void Apply(int column, int row, ReadOnlySpan<byte> bits, byte zero, byte one, bool isXor)
    {
        for (var y = 0; y < TileHeight; y++)
            for (var x = 0; x < TileWidth; x++)
            {
                ref var point = ref _points[(row * TileHeight + y) * Columns * TileWidth + column * TileWidth + x];
                var color = (bits[y] >> (TileWidth - 1 - x) & 1) == 1 ? one : zero;
                point = isXor ? (byte)(point ^ color) : color;
            }
    }
}
