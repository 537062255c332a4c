namespace Libretto.Audio;

/// <summary>Tells a full disk from other trouble.</summary>
internal static class DiskErrors
{
    private const int Enospc = 28;
    private const int EdquotLinux = 122;
    private const int EdquotMac = 69;
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether the disk, or the user's share of it, is full.</summary>
    public static bool IsFull(Exception e) => e is IOException && (OperatingSystem.IsWindows()
        ? e.HResult is WindowsHandleDiskFull or WindowsDiskFull
        : e.HResult == Enospc || e.HResult == (OperatingSystem.IsMacOS() ? EdquotMac : EdquotLinux));
}
