using System.Buffers;
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
    private readonly string _folder;

    /// <summary>Creates an empty recording.</summary>
    /// <param name="sampleRate">Frames a second, in hertz.</param>
    /// <param name="channels">Samples a frame, 1 or more.</param>
    /// <param name="folder">Where the temporary file lies. By default the system's folder for such files, but on Linux
    /// <c>/var/tmp</c> unless TMPDIR says otherwise, since <c>/tmp</c> is often memory.</param>
    /// <exception cref="AudioException">
    /// The folder cannot be written (<c>spool_failed</c>) or its disk is full (<c>disk_full</c>).
    /// </exception>
    public PcmFile(int sampleRate, int channels, string? folder = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        SampleRate = sampleRate;
        Channels = channels;
        (_file, _folder) = Open(folder);
    }

    /// <summary>Frames a second, in hertz.</summary>
    public int SampleRate { get; }

    /// <summary>Samples a frame.</summary>
    public int Channels { get; }

    /// <summary>Frames held.</summary>
    public long Frames { get; private set; }

    /// <summary>Length in seconds.</summary>
    public double Duration => (double)Frames / SampleRate;

    /// <summary>
    /// What was wrong with the file this was decoded from although it could be used, in sentences; empty when nothing was.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Adds frames at the end.</summary>
    /// <param name="interleaved">Whole frames, nominally within -1 to 1.</param>
    /// <exception cref="ArgumentException">The samples are not whole frames.</exception>
    /// <exception cref="AudioException">The disk is full (<c>disk_full</c>) or failing (<c>spool_failed</c>).</exception>
    public void Append(ReadOnlySpan<float> interleaved)
    {
        CheckWhole(interleaved.Length, nameof(interleaved));
        try
        {
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(interleaved), Frames * Channels * sizeof(float));
        }
        catch (IOException e)
        {
            throw DiskErrors.IsFull(e) ? AudioException.DiskFull(_folder, e) : AudioException.SpoolFailed(_folder, e);
        }
        Frames += interleaved.Length / Channels;
    }

    /// <summary>Reads frames; what lies before the start or past the end is zero.</summary>
    /// <param name="startFrame">The first frame wanted; may be negative.</param>
    /// <param name="interleaved">Filled whole.</param>
    /// <exception cref="ArgumentException">The samples are not whole frames.</exception>
    public void Read(long startFrame, Span<float> interleaved)
    {
        CheckWhole(interleaved.Length, nameof(interleaved));
        var wantedFrames = interleaved.Length / Channels;
        var before = (int)Math.Clamp(-startFrame, 0, wantedFrames);
        var held = (int)Math.Clamp(Frames - (startFrame + before), 0, wantedFrames - before);
        interleaved[..(before * Channels)].Clear();
        ReadExactly(
            MemoryMarshal.AsBytes(interleaved.Slice(before * Channels, held * Channels)),
            (startFrame + before) * Channels * sizeof(float));
        interleaved[((before + held) * Channels)..].Clear();
    }

    /// <summary>Reads frames as the mean of their channels; what lies before the start or past the end is zero.</summary>
    /// <param name="startFrame">The first frame wanted; may be negative.</param>
    /// <param name="mono">Filled whole, one sample a frame.</param>
    public void ReadMono(long startFrame, Span<float> mono)
    {
        if (Channels == 1)
        {
            Read(startFrame, mono);
            return;
        }
        var buffer = ArrayPool<float>.Shared.Rent(mono.Length * Channels);
        var frames = buffer.AsSpan(0, mono.Length * Channels);
        Read(startFrame, frames);
        for (var i = 0; i < mono.Length; i++)
        {
            var sum = 0f;
            foreach (var sample in frames.Slice(i * Channels, Channels))
                sum += sample;
            mono[i] = sum / Channels;
        }
        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>Deletes the temporary file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Adds frames of zeros at the end.</summary>
    internal void AppendSilence(long frames)
    {
        var zeros = new float[Math.Min(frames, 1 << 14) * Channels];
        for (; frames > 0; frames -= zeros.Length / Channels)
            Append(zeros.AsSpan(0, (int)Math.Min(zeros.Length, frames * Channels)));
    }

    private static (SafeFileHandle File, string Folder) Open(string? folder)
    {
        if (folder is not null)
            return (OpenIn(folder), folder);
        var usual = Path.GetTempPath();
        if (usual == "/tmp/" && OperatingSystem.IsLinux())
        {
            try
            {
                return (OpenIn("/var/tmp"), "/var/tmp");
            }
            catch (AudioException)
            {
                // A container may have a /tmp only.
            }
        }
        return (OpenIn(usual), usual);
    }

    private static SafeFileHandle OpenIn(string folder)
    {
        var path = Path.Combine(folder, $"libretto-{Guid.NewGuid():N}.pcm");
        try
        {
            var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
            // Unlinked at once where the system allows it, so that even a killed process leaves nothing behind.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskErrors.IsFull(e) ? AudioException.DiskFull(folder, e) : AudioException.SpoolFailed(folder, e);
        }
    }

    private void CheckWhole(int samples, string name)
    {
        if (samples % Channels != 0)
            throw new ArgumentException("Samples must be whole frames.", name);
    }

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
