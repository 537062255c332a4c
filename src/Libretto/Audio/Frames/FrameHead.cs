namespace Libretto.Audio.Frames;

/// <summary>
/// The head of one frame of a stream that has no container: MPEG audio of layer I, II or III, or AAC in ADTS. Fields after ISO/IEC 11172-3
/// and 13818-3 (2.4.2.3), and 13818-7 (6.2).
/// </summary>
/// <param name="Bytes">Length of the whole frame.</param>
/// <param name="Samples">Samples a channel that it decodes to.</param>
/// <param name="SampleRate">Frames a second, in hertz.</param>
/// <param name="Stream">What the frames of one stream have in common, as a number.</param>
internal readonly record struct FrameHead(int Bytes, int Samples, int SampleRate, int Stream)
{
    /// <summary>Bytes that have to be known of a frame.</summary>
    public const int Length = 7;

    private static readonly int[] s_adtsRates =
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    private static readonly int[] s_mpegRates = [44100, 48000, 32000];

    // Thousands of bits a second; the first of each is for frames of any length, which are not followed.
    private static readonly int[] s_layer1 = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
    private static readonly int[] s_layer2 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    private static readonly int[] s_layer3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] s_lowLayer1 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    private static readonly int[] s_low = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

    /// <summary>Whether the stream is AAC.</summary>
    public bool IsAdts => (Stream & 0x060000) == 0;

    /// <summary>The head that begins here; null when none does.</summary>
    /// <param name="bytes">At least <see cref="Length"/> bytes, or no frame begins.</param>
    public static FrameHead? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length || bytes[0] != 0xFF || (bytes[1] & 0xE0) != 0xE0)
            return null;
        return (bytes[1] & 0x06) == 0 ? ReadAdts(bytes) : ReadMpeg(bytes);
    }

    /// <summary>A frame like the one that begins here, but silent.</summary>
    /// <param name="bytes">The other frame's head.</param>
    public static byte[] Silent(ReadOnlySpan<byte> bytes)
    {
        if (Read(bytes) is not { IsAdts: true })
        {
            // No bits are given to any band: all that follows the head is zeros. Neither padded nor with a checksum.
            byte[] head = [bytes[0], (byte)(bytes[1] | 1), (byte)(bytes[2] & ~2), bytes[3]];
            var frame = new byte[Read([.. head, 0, 0, 0])!.Value.Bytes];
            head.CopyTo(frame, 0);
            return frame;
        }
        // One channel element without a spectrum, or two; where there are more, a block of nothing but its end.
        byte[] block = (((bytes[2] & 1) << 2) | (bytes[3] >> 6)) switch
        {
            1 => [0x00, 0xC8, 0x00, 0x80, 0x23, 0x80],
            2 => [0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80],
            _ => [0xE0],
        };
        var length = Length + block.Length;
        return
        [
            bytes[0], (byte)(bytes[1] | 1), bytes[2], (byte)((bytes[3] & 0xFC) | (length >> 11)), (byte)(length >> 3),
            (byte)((length << 5) | 0x1F), 0xFC, .. block,
        ];
    }

    private static FrameHead? ReadAdts(ReadOnlySpan<byte> bytes)
    {
        var length = ((bytes[3] & 3) << 11) | (bytes[4] << 3) | (bytes[5] >> 5);
        var rate = (bytes[2] >> 2) & 15;
        return length < Length || rate >= s_adtsRates.Length || (bytes[1] & 0xF0) != 0xF0
            ? null
            : new FrameHead(length, 1024 * ((bytes[6] & 3) + 1), s_adtsRates[rate],
                ((bytes[1] & 0xFE) << 16) | ((bytes[2] & 0xFD) << 8) | (bytes[3] & 0xC0));
    }

    private static FrameHead? ReadMpeg(ReadOnlySpan<byte> bytes)
    {
        var (version, layer) = ((bytes[1] >> 3) & 3, 4 - ((bytes[1] >> 1) & 3));
        var (bits, rate, padding) = (bytes[2] >> 4, (bytes[2] >> 2) & 3, (bytes[2] >> 1) & 1);
        if (version == 1 || bits is 0 or 15 || rate == 3)
            return null;
        var isLow = version != 3;
        // Version 2 has half the rates of version 1, 2.5 a quarter.
        var hertz = s_mpegRates[rate] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        var kilobits = (isLow, layer) switch
        {
            (false, 1) => s_layer1[bits],
            (false, 2) => s_layer2[bits],
            (false, _) => s_layer3[bits],
            (true, 1) => s_lowLayer1[bits],
            (true, _) => s_low[bits],
        };
        var samples = layer == 1 ? 384 : layer == 3 && isLow ? 576 : 1152;
        var length = layer == 1
            ? (12_000 * kilobits / hertz + padding) * 4
            : samples / 8 * 1000 * kilobits / hertz + padding;
        return new FrameHead(length, samples, hertz, ((bytes[1] & 0xFE) << 16) | ((bytes[2] & 0x0C) << 8));
    }
}
