using System.Buffers.Binary;

namespace Libretto.Library.Files;

/// <summary>Tells sound by how a file begins, whatever its name is.</summary>
internal static class AudioSignature
{
    /// <summary>As much of a file as is looked at first, bytes.</summary>
    public const int HeadLength = 4096;

    // Where an MP3 begins with what other programs put before it, a frame is looked for this far.
    private const int SearchLength = 1 << 16;

    // By index: kbit/s of MPEG 1's layers II and III, and of both in MPEG 2 and 2.5.
    private static readonly int[] s_layer2 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    private static readonly int[] s_rates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] s_rates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] s_samples = [44100, 48000, 32000];

    /// <summary>The kind of sound in a file, by the usual ending of its name without the dot; null when it holds none.</summary>
    /// <param name="file">The file, at its start.</param>
    /// <param name="claimsMp3">Whether its name says that it is an MP3, which may begin with anything.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Find(Stream file, bool claimsMp3)
    {
        var head = new byte[HeadLength];
        var count = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var start = head.AsSpan(0, count);
        if (start.StartsWith("ID3"u8) && count >= 10)
            return AfterId3(file, start);
        return Of(start) ?? (claimsMp3 ? InJunk(file, start) : null);
    }

    private static string? Of(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12)
            return null;
        if (head.StartsWith("fLaC"u8))
            return "flac";
        if (head.StartsWith("OggS"u8))
            return head.IndexOf("OpusHead"u8) >= 0 ? "opus" : head.IndexOf("theora"u8) >= 0 ? null : "ogg";
        if (head[4..].StartsWith("ftyp"u8))
            return "m4a";
        if ((head.StartsWith("RIFF"u8) || head.StartsWith("RF64"u8)) && head[8..].StartsWith("WAVE"u8))
            return "wav";
        if (head.StartsWith("FORM"u8) && (head[8..].StartsWith("AIFF"u8) || head[8..].StartsWith("AIFC"u8)))
            return "aiff";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]))
            return "wma";
        if (head.StartsWith("wvpk"u8))
            return "wv";
        if (head.StartsWith("MAC "u8))
            return "ape";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return "mka";
        if (head.StartsWith("MP+"u8) || head.StartsWith("MPCK"u8))
            return "mpc";
        if (head.StartsWith("DSD "u8))
            return "dsf";
        if (head.StartsWith("TTA1"u8))
            return "tta";
        if (head.StartsWith("caff"u8))
            return "caf";
        if (head[0] == 0xFF && (head[1] & 0xF6) == 0xF0)
            return "aac";
        return FrameLength(head) is { } length && (length + 4 > head.Length || FrameLength(head[length..]) is not null) ? "mp3" : null;
    }

    private static string? AfterId3(Stream file, ReadOnlySpan<byte> head)
    {
        // Four bytes of seven bits each.
        var size = 10L + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]);
        if (size + 4 > file.Length)
            return null;
        var after = new byte[HeadLength];
        file.Position = size;
        var count = file.ReadAtLeast(after, after.Length, throwOnEndOfStream: false);
        // A tag may be followed by padding that it does not count.
        var sound = after.AsSpan(0, count).TrimStart((byte)0);
        return sound.Length == 0 ? "mp3" : Of(sound) ?? InJunk(file, after.AsSpan(0, count));
    }

    private static string? InJunk(Stream file, ReadOnlySpan<byte> head)
    {
        var more = new byte[SearchLength];
        head.CopyTo(more);
        var count = head.Length + file.ReadAtLeast(more.AsSpan(head.Length), more.Length - head.Length, throwOnEndOfStream: false);
        var bytes = more.AsSpan(0, count);
        for (var at = 0; at + 4 <= bytes.Length; at++)
            if (FrameLength(bytes[at..]) is { } length && at + length + 4 <= bytes.Length && FrameLength(bytes[(at + length)..]) is { } next
                && at + length + next + 4 <= bytes.Length && FrameLength(bytes[(at + length + next)..]) is not null)
                return "mp3";
        return null;
    }

    /// <summary>The length of an MPEG audio frame of layer II or III that begins here; null when none does.</summary>
    private static int? FrameLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
            return null;
        var header = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var (version, layer) = ((int)(header >> 19) & 3, (int)(header >> 17) & 3);
        var (rate, sampling) = ((int)(header >> 12) & 15, (int)(header >> 10) & 3);
        if (header >> 21 != 0x7FF || version == 1 || layer is 0 or 3 || rate is 0 or 15 || sampling == 3)
            return null;
        var bits = 1000 * (version != 3 ? s_rates2 : layer == 2 ? s_layer2 : s_rates1)[rate];
        var hertz = s_samples[sampling] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
        return (version == 3 || layer == 2 ? 144 : 72) * bits / hertz + ((int)(header >> 9) & 1);
    }
}
