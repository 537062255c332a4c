namespace Libretto.Server;

/// <summary>Tells what the disk says no to.</summary>
internal static class DiskErrors
{
    // Unix's own numbers, which .NET gives as they are.
    private const int NoSpace = 28;
    private const int NoQuota = 122;

    /// <summary>Whether the disk, or the user's part of it, is full.</summary>
    public static bool IsFull(Exception e) => e is IOException { HResult: NoSpace or NoQuota };
}
