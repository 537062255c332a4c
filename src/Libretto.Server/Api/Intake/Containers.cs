namespace Libretto.Server.Api.Intake;

/// <summary>Tells by the first bytes what is certainly no audio, before it is read to its end; ffprobe judges the rest.</summary>
internal static class Containers
{
    private static readonly byte[][] s_others =
    [
        [.. "PK"u8, 3, 4], [.. "PK"u8, 5, 6], [0x1F, 0x8B], [.. "BZh"u8], [0xFD, .. "7zXZ"u8], [.. "7z"u8, 0xBC, 0xAF], [.. "Rar!"u8],
        [.. "%PDF"u8], [0x89, .. "PNG"u8], [0xFF, 0xD8, 0xFF], [.. "GIF8"u8], [0x7F, .. "ELF"u8], [.. "MZ"u8], [.. "#!"u8],
        [.. "<!DOCTYPE"u8], [.. "<html"u8], [.. "<?xml"u8], [.. "#EXTM3U"u8], [0x28, 0xB5, 0x2F, 0xFD],
    ];

    public static bool IsNoAudio(ReadOnlySpan<byte> start)
    {
        foreach (var other in s_others)
            if (start.StartsWith(other))
                return true;
        return false;
    }
}
