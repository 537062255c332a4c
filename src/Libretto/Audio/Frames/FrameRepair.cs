using System.Buffers.Binary;

namespace Libretto.Audio.Frames;

/// <summary>
/// Mends a damaged stream without a container, such as an MP3 file, before it is decoded. Its frames carry no times, so a decoder goes on
/// after a damaged stretch as if nothing had been there. How many frames were lost is told by the stretch's length, or by the number that
/// an encoder wrote into the file's head (Xing); silent frames in their place keep what follows at its time.
/// </summary>
internal sealed class FrameRepair
{
    /// <summary>Frames on each side of a stretch by which its own are reckoned.</summary>
    private const int Neighbours = 100;

    /// <summary>The Xing head begins this far into its frame at most.</summary>
    private const int XingOffset = 36;

    private readonly string _path;
    private readonly List<(BrokenStretch Stretch, int Frames)> _lost;
    private readonly byte[] _silent;
    private readonly double _frame;

    private FrameRepair(string path, List<(BrokenStretch Stretch, int Frames)> lost, bool isCounted, byte[] silent, FrameHead head)
    {
        (_path, _lost, _silent, _frame) = (path, lost, silent, (double)head.Samples / head.SampleRate);
        MayLackBytes = !isCounted && lost.Exists(one => one.Frames <= 2);
    }

    /// <summary>
    /// Whether bytes may have been taken out where only a frame seems to be broken: then what follows comes too early, and nothing tells.
    /// </summary>
    public bool MayLackBytes { get; }

    /// <summary>How much of the sound cannot be read, seconds.</summary>
    public double Seconds => _lost.Sum(lost => lost.Frames) * _frame;

    /// <summary>Looks a file over; null when there is nothing that could be mended.</summary>
    /// <param name="path">A file of frames and tags.</param>
    /// <param name="cancellationToken">Felt within a quarter of a megabyte.</param>
    public static FrameRepair? Find(string path, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var scan = FrameScan.Run(file, cancellationToken);
        if (scan.Broken.Count == 0)
            return null;
        var first = new byte[XingOffset + 12];
        var read = RandomAccess.Read(file, first, scan.First);
        var lost = scan.Broken.Select(stretch => (stretch, Frames: Reckoned(scan, stretch))).ToList();
        // One stretch may have lost bytes as well, which only the number in the head can tell.
        var said = FramesSaid(first.AsSpan(0, read));
        if (lost.Count == 1 && scan.IsWhole && said + 1 - scan.Sizes.Count is int all and > 0)
            lost = [(lost[0].stretch, all)];
        lost.RemoveAll(one => one.Frames == 0);
        var isCounted = said + 1 == scan.Sizes.Count + lost.Sum(one => one.Frames);
        return lost.Count == 0 ? null : new FrameRepair(path, lost, isCounted, FrameHead.Silent(first), scan.Head);
    }

    /// <summary>Writes the whole file with silent frames where some were lost.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[1 << 16];
        foreach (var (stretch, frames) in _lost)
        {
            await CopyAsync(stretch.Start);
            for (var i = 0; i < frames; i++)
                await stream.WriteAsync(_silent, cancellationToken);
            file.Position = stretch.End;
        }
        await CopyAsync(long.MaxValue);

        async Task CopyAsync(long end)
        {
            Memory<byte> Wanted() => buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - file.Position));
            while (file.Position < end && await file.ReadAsync(Wanted(), cancellationToken) is > 0 and var count)
                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    /// <summary>How many frames a stretch would hold if they were as long as those around it.</summary>
    private static int Reckoned(FrameScan scan, BrokenStretch stretch)
    {
        var from = Math.Max(0, stretch.Before - Neighbours);
        var around = scan.Sizes.Skip(from).Take(stretch.Before + Neighbours - from);
        return (int)Math.Round((stretch.End - stretch.Start) / around.Average());
    }

    /// <summary>The number of frames, without its own, that the first one of an MP3 file says; null when it says none.</summary>
    private static int? FramesSaid(ReadOnlySpan<byte> frame)
    {
        var at = Math.Max(frame.IndexOf("Xing"u8), frame.IndexOf("Info"u8));
        return at > 0 && at <= XingOffset && frame.Length >= at + 12 && (frame[at + 7] & 1) == 1
            ? BinaryPrimitives.ReadInt32BigEndian(frame[(at + 8)..])
            : null;
    }
}
