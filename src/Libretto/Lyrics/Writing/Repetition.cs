using System.IO.Compression;
using System.Text;

namespace Libretto.Lyrics.Writing;

/// <summary>How much a text repeats itself, as Whisper measures it.</summary>
internal static class Repetition
{
    /// <summary>The compression ratio: a text's bytes over its bytes compressed; ordinary text is near 1, empty text 0.</summary>
    public static double CompressionRatio(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Trim());
        if (bytes.Length == 0)
            return 0;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(bytes);
        return (double)bytes.Length / packed.Length;
    }
}
