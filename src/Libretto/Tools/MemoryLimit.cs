using System.Runtime.InteropServices;

namespace Libretto.Tools;

/// <summary>
/// Bounds what a program may take of the machine's memory, on Linux: the limit on writable private memory (RLIMIT_DATA of prlimit(2)),
/// which its children inherit. The limit on addresses (RLIMIT_AS) would not do: JavaScript engines, which yt-dlp starts, reserve far more
/// addresses than they ever use. Elsewhere there is no such bound from outside.
/// </summary>
internal static partial class MemoryLimit
{
    private const int Data = 2;
    private const int Core = 4;

    /// <summary>Sets the limit of a program that has just been started, and that it leaves no image of its memory on the disk.</summary>
    /// <param name="processId">The program.</param>
    /// <param name="bytes">What it and each of its children may take.</param>
    public static void Set(int processId, long bytes)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            // A program that is gone already needs none.
            var limit = new Limit { Soft = (ulong)bytes, Hard = (ulong)bytes };
            _ = SetLimit(processId, Data, in limit, 0);
            var none = default(Limit);
            _ = SetLimit(processId, Core, in none, 0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, which does not have it.
        }
    }

    [LibraryImport("libc", EntryPoint = "prlimit64")]
    private static partial int SetLimit(int processId, int resource, in Limit limit, nint old);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
