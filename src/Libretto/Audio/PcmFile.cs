using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Libretto.Audio;

/// <summary>
/// Decoded audio of any length, kept in a temporary file as interleaved 32-bit floats so that memory does not grow with the
/// song. The file has no name once open (on Unix) and goes with the object. Reading is safe from several threads at once;
/// appending is for one writer, before reading begins.
/// </summary>
public sealed class PcmFile : IDisposable
{
    private readonly SafeFileHandle _file;

    /// <summary>Creates an empty recording.</summary>
    /// <param name="sampleRate">Frames a second, in hertz.</param>
    /// <param name="channels">Samples a frame, 1 or more.</param>
    /// <param name="folder">Where the temporary file lies; the system's folder for such files when null.</param>
    public PcmFile(int sampleRate, int channels, string? folder = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        SampleRate = sampleRate;
        Channels = channels;
        var path = Path.Combine(folder ?? Path.GetTempPath(), $"libretto-{Guid.NewGuid():N}.pcm");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        // Unlinked at once where the system allows it, so that even a killed process leaves nothing behind.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>Frames a second, in hertz.</summary>
    public int SampleRate { get; }

    /// <summary>Samples a frame.</summary>
    public int Channels { get; }

    /// <summary>Frames held.</summary>
    public long Frames { get; private set; }

    /// <summary>Length in seconds.</summary>
    public double Duration => (double)Frames / SampleRate;

    /// <summary>Adds frames at the end.</summary>
    /// <param name="interleaved">Whole frames, nominally within -1 to 1.</param>
    /// <exception cref="ArgumentException">The samples are not whole frames.</exception>
    /// <exception cref="IOException">The disk is full or failing.</exception>
    public void Append(ReadOnlySpan<float> interleaved)
    {
        if (interleaved.Length % Channels != 0)
            throw new ArgumentException("Samples must be whole frames.", nameof(interleaved));
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(interleaved), Frames * Channels * sizeof(float));
        Frames += interleaved.Length / Channels;
    }

    /// <summary>Reads frames; what lies before the start or past the end is zero.</summary>
    /// <param name="startFrame">The first frame wanted; may be negative.</param>
    /// <param name="interleaved">Filled whole.</param>
    public void Read(long startFrame, Span<float> interleaved)
    {
        if (interleaved.Length % Channels != 0)
            throw new ArgumentException("Samples must be whole frames.", nameof(interleaved));
        var first = startFrame * Channels;
        var held = Frames * Channels;
        var skipped = (int)Math.Clamp(-first, 0, interleaved.Length);
        interleaved[..skipped].Clear();
        var wanted = (int)Math.Clamp(held - (first + skipped), 0, interleaved.Length - skipped);
        ReadExactly(MemoryMarshal.AsBytes(interleaved.Slice(skipped, wanted)), (first + skipped) * sizeof(float));
        interleaved[(skipped + wanted)..].Clear();
    }

    /// <summary>Deletes the temporary file.</summary>
    public void Dispose() => _file.Dispose();

    private void ReadExactly(Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var count = RandomAccess.Read(_file, bytes, offset);
            if (count == 0)
                throw new EndOfStreamException("The temporary audio file is shorter than what was written to it.");
            bytes = bytes[count..];
            offset += count;
        }
    }
}
