using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Libretto.Audio.Frames;

/// <summary>A stretch of a stream in which no frame can be read, between frames that can.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Where frames go on.</param>
/// <param name="Before">How many frames lie before it.</param>
internal readonly record struct BrokenStretch(long Start, long End, int Before);

/// <summary>
/// Follows the frames of a stream without a container, each of which says where the next one begins, and finds where the chain is broken.
/// Tags between the frames are no break.
/// </summary>
internal sealed class FrameScan
{
    /// <summary>So many frames in a row are no accident.</summary>
    private const int Chain = 4;

    /// <summary>No tag that is not said to be larger has more, bytes; lyrics in a tag are read for their end.</summary>
    private const int Window = 1 << 18;

    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly byte[] _buffer = new byte[Window];
    private readonly List<int> _sizes = [];
    private readonly List<BrokenStretch> _broken = [];
    private long _from;
    private int _held;

    private FrameScan(SafeFileHandle file) => (_file, _length) = (file, RandomAccess.GetLength(file));

    /// <summary>Where the first frame begins.</summary>
    public long First { get; private set; }

    /// <summary>What its frames have in common; meaningless where there are none.</summary>
    public FrameHead Head { get; private set; }

    /// <summary>The lengths of all frames that can be read, bytes, in order.</summary>
    public IReadOnlyList<int> Sizes => _sizes;

    /// <summary>The stretches between them that cannot.</summary>
    public IReadOnlyList<BrokenStretch> Broken => _broken;

    /// <summary>Whether the last frame ends where the file, or a tag behind the sound, does.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Follows a file's frames to its end.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Felt within a quarter of a megabyte.</param>
    public static FrameScan Run(SafeFileHandle file, CancellationToken cancellationToken)
    {
        var scan = new FrameScan(file);
        scan.Follow(cancellationToken);
        return scan;
    }

    private void Follow(CancellationToken cancellationToken)
    {
        var at = 0L;
        while (Tag(at) is > 0 and var tag)
            at += tag;
        at = NextChain(at, null, cancellationToken);
        if (at < 0)
            return;
        (First, Head) = (at, FrameHead.Read(At(at))!.Value);
        while (at < _length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FrameHead.Read(At(at)) is { } frame && frame.Stream == Head.Stream && Continues(at + frame.Bytes))
            {
                _sizes.Add(frame.Bytes);
                at += frame.Bytes;
            }
            else if (Tag(at) is > 0 and var tag)
            {
                at += tag;
            }
            else if (NextChain(at + 1, Head.Stream, cancellationToken) is >= 0 and var next)
            {
                _broken.Add(new BrokenStretch(at, next, _sizes.Count));
                at = next;
            }
            else
            {
                return;
            }
        }
        IsWhole = at == _length;
    }

    /// <summary>Whether a frame may end here.</summary>
    private bool Continues(long at) => at == _length || Tag(at) > 0 || FrameHead.Read(At(at))?.Stream == Head.Stream;

    /// <summary>Where frames go on, from a place on; -1 when they do not.</summary>
    private long NextChain(long at, int? stream, CancellationToken cancellationToken)
    {
        for (; at + FrameHead.Length <= _length; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = At(at);
            var sync = bytes.IndexOf((byte)0xFF);
            if (sync != 0)
            {
                at += (sync < 0 ? bytes.Length : sync) - 1;
                continue;
            }
            if (FrameHead.Read(bytes) is { } head && (stream ?? head.Stream) == head.Stream && IsChain(at, head.Stream))
                return at;
        }
        return -1;
    }

    private bool IsChain(long at, int stream)
    {
        for (var i = 0; i < Chain; i++)
        {
            if (i > 1 && at == _length)
                return true;
            if (FrameHead.Read(At(at)) is not { } head || head.Stream != stream)
                return i > 1 && Tag(at) > 0;
            at += head.Bytes;
        }
        return true;
    }

    /// <summary>The length of a tag that begins here; 0 when none does.</summary>
    private long Tag(long at)
    {
        var bytes = At(at, 32);
        if (bytes.Length > 10 && bytes.StartsWith("ID3"u8))
            return 10 + ((bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9]) + ((bytes[5] & 0x10) != 0 ? 10 : 0);
        if (bytes.StartsWith("TAG"u8))
            return 128;
        if (bytes.Length >= 32 && bytes.StartsWith("APETAGEX"u8))
            return Math.Max(32, BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) + ((bytes[23] & 0x20) != 0 ? 32L : 0));
        if (bytes.StartsWith("LYRICSBEGIN"u8) && At(at, Window).IndexOf("LYRICS200"u8) is > 0 and var end)
            return end + 9;
        return 0;
    }

    /// <summary>Bytes from a place on: as many as are wanted where the file has them, and what was read with them.</summary>
    private ReadOnlySpan<byte> At(long at, int wanted = FrameHead.Length)
    {
        if (at < _from || at + wanted > _from + _held)
            (_from, _held) = (at, at >= _length ? 0 : RandomAccess.Read(_file, _buffer, at));
        var start = (int)Math.Min(at - _from, _held);
        return _buffer.AsSpan(start, _held - start);
    }
}
