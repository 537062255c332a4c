using System.Diagnostics;

namespace Libretto.Tests.Support;

/// <summary>A disk of a few bytes, to be filled. It needs Linux and the right to mount; elsewhere the test is skipped, counted.</summary>
internal sealed class TinyDisk : IDisposable
{
    private TinyDisk(string path) => Path = path;

    public string Path { get; }

    public static TinyDisk Mount(string path, int bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a disk is made small on Linux only");
        Directory.CreateDirectory(path);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", path), "mounting a small disk is not allowed here");
        return new TinyDisk(path);
    }

    public void Dispose() => Assert.True(Run("umount", "--lazy", Path));

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process!.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
