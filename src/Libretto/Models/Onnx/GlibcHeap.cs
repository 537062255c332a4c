using System.Runtime.InteropServices;

namespace Libretto.Models.Onnx;

/// <summary>The C library's heap, which the runtime takes its memory from.</summary>
internal static partial class GlibcHeap
{
    private const int MmapThreshold = -3;
    private const int LargeBlock = 1 << 20;

    /// <summary>
    /// Has large blocks given back to the system when they are freed. Left alone, glibc raises the size it calls large to 32 MB when the
    /// first such block is freed, and keeps what lies below one that is still used.
    /// </summary>
    public static void ReturnLargeBlocks()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetOption(MmapThreshold, LargeBlock);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, with a heap of its own.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
