using System.Buffers.Binary;
using System.Numerics;

namespace Libretto.Audio;

/// <summary>
/// Reads the one audio track that ffmpeg writes to a pipe as Matroska: uncompressed samples with the time of each block, which a bare
/// stream of samples does not have. Only what ffmpeg writes there is understood: no lacing, no encryption.
/// </summary>
/// <param name="stream">Read in small pieces, so it should be buffered.</param>
/// <remarks>RFC 8794 (EBML) and RFC 9559 (Matroska).</remarks>
internal sealed class MatroskaAudio(Stream stream)
{
    private const long Segment = 0x18538067;
    private const long Info = 0x1549A966;
    private const long TimestampScale = 0x2AD7B1;
    private const long Cluster = 0x1F43B675;
    private const long ClusterTime = 0xE7;
    private const long BlockGroup = 0xA0;
    private const long Block = 0xA1;
    private const long SimpleBlock = 0xA3;

    // Far above what ffmpeg puts into one block: more is not its writing.
    private const long MostBytes = 1 << 24;

    // A block's own head: the track's number, its time from the cluster's, its flags.
    private const int BlockHead = 4;

    private byte[] _content = new byte[1 << 16];
    private double _tick = 0.001;
    private long _clusterTime;

    /// <summary>
    /// The next block's time in seconds and its samples, which are good until the next call; null at the end, also one that is cut off.
    /// </summary>
    public async Task<(double Time, Memory<byte> Samples)?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadNumberAsync(keepMarker: true, cancellationToken) is var id and >= 0)
            {
                var size = await ReadNumberAsync(keepMarker: false, cancellationToken);
                // Of what holds others only the head is read; those may also be of unknown size.
                if (id is Segment or Info or Cluster or BlockGroup)
                    continue;
                var content = await ReadContentAsync(size, cancellationToken);
                switch (id)
                {
                    case TimestampScale:
                        _tick = Unsigned(content.Span) * 1e-9;
                        break;
                    case ClusterTime:
                        _clusterTime = Unsigned(content.Span);
                        break;
                    case SimpleBlock or Block when content.Length > BlockHead:
                        var time = (_clusterTime + BinaryPrimitives.ReadInt16BigEndian(content.Span[1..])) * _tick;
                        return (time, content[BlockHead..]);
                }
            }
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            // ffmpeg was ended in the middle of a block, or wrote something else: its exit code and its words say why.
        }
        return null;
    }

    /// <summary>
    /// A number of EBML's: as many bytes as its first bit that is set says. -1 at the end of the stream, or for a size that is not known.
    /// </summary>
    private async Task<long> ReadNumberAsync(bool keepMarker, CancellationToken cancellationToken)
    {
        if (await stream.ReadAsync(_content.AsMemory(0, 1), cancellationToken) == 0)
            return -1;
        int first = _content[0];
        if (first == 0)
            throw new InvalidDataException("ffmpeg wrote no Matroska.");
        var more = BitOperations.LeadingZeroCount((uint)first) - 24;
        await stream.ReadExactlyAsync(_content.AsMemory(1, more), cancellationToken);
        var rest = first & ((0x80 >> more) - 1);
        var isUnknown = !keepMarker && rest == (0x80 >> more) - 1 && !_content.AsSpan(1, more).ContainsAnyExcept((byte)0xff);
        return isUnknown ? -1 : ((long)(keepMarker ? first : rest) << (8 * more)) | Unsigned(_content.AsSpan(1, more));
    }

    private async Task<Memory<byte>> ReadContentAsync(long size, CancellationToken cancellationToken)
    {
        if (size is < 0 or > MostBytes)
            throw new InvalidDataException("ffmpeg wrote a Matroska element that is too large.");
        if (_content.Length < size)
            _content = new byte[size];
        var content = _content.AsMemory(0, (int)size);
        await stream.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    private static long Unsigned(ReadOnlySpan<byte> bytes)
    {
        var value = 0L;
        foreach (var one in bytes)
            value = (value << 8) | one;
        return value;
    }
}
