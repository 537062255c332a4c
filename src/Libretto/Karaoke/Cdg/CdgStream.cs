namespace Libretto.Karaoke.Cdg;

/// <summary>
/// The packets of CD+G, 300 of 24 bytes a second: written one after another, each to the screen too, so that what is written next knows
/// what is seen. After "CD+G Revealed" (J. Bumgardner, 1995), which is what players are written after.
/// </summary>
internal sealed class CdgStream(Stream output)
{
    public const int PacketsPerSecond = 300;

    private const int PacketBytes = 24;
    private const byte Command = 0x09;
    private const byte MemoryPreset = 1, BorderPreset = 2, TileNormal = 6, LoadLowColors = 30, LoadHighColors = 31, TileXor = 38;

    private readonly byte[] _packet = new byte[PacketBytes];

    /// <summary>What is seen after the packets so far.</summary>
    public CdgScreen Screen { get; } = new();

    /// <summary>Packets so far.</summary>
    public long Count { get; private set; }

    /// <summary>When the next packet comes, seconds.</summary>
    public double Time => (double)Count / PacketsPerSecond;

    /// <summary>A packet that changes nothing.</summary>
    public void Skip()
    {
        Array.Clear(_packet);
        Write();
    }

    /// <summary>Fills the whole screen.</summary>
    public void Clear(byte color)
    {
        Begin(MemoryPreset)[0] = color;
        Write();
        Screen.Fill(color);
    }

    public void Border(byte color)
    {
        Begin(BorderPreset)[0] = color;
        Write();
    }

    /// <summary>Sets all colours: two packets.</summary>
    /// <param name="colors">Sixteen, each of three parts of 0 to 15.</param>
    public void LoadColors(IReadOnlyList<(int Red, int Green, int Blue)> colors)
    {
        for (var half = 0; half < 2; half++)
        {
            var data = Begin(half == 0 ? LoadLowColors : LoadHighColors);
            for (var i = 0; i < 8; i++)
            {
                var (red, green, blue) = colors[half * 8 + i];
                data[2 * i] = (byte)(red << 2 | green >> 2);
                data[2 * i + 1] = (byte)((green & 3) << 4 | blue);
            }
            Write();
        }
    }

    /// <summary>Draws a tile in two colours, or against what is there.</summary>
    public void Tile(int column, int row, ReadOnlySpan<byte> bits, byte zero, byte one, bool isXor = false)
    {
        var data = Begin(isXor ? TileXor : TileNormal);
        (data[0], data[1], data[2], data[3]) = (zero, one, (byte)row, (byte)column);
        bits.CopyTo(data[4..]);
        Write();
        Screen.Apply(column, row, bits, zero, one, isXor);
    }

    private Span<byte> Begin(byte instruction)
    {
        Array.Clear(_packet);
        _packet[0] = Command;
        _packet[1] = instruction;
        return _packet.AsSpan(4, 16);
    }

    private void Write()
    {
        output.Write(_packet);
        Count++;
    }
}
