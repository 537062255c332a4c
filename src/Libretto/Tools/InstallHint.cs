namespace Libretto.Tools;

/// <summary>The one line a user types to get a missing program.</summary>
internal static class InstallHint
{
    private static readonly (string Manager, string Command)[] LinuxManagers =
    [
        ("apt-get", "sudo apt-get install"),
        ("dnf", "sudo dnf install"),
        ("pacman", "sudo pacman -S"),
        ("apk", "sudo apk add"),
        ("zypper", "sudo zypper install"),
    ];

    /// <param name="tool">The missing program.</param>
    /// <param name="isInstalled">Whether a program of that name is on the search path.</param>
    public static string For(Tool tool, Func<string, bool> isInstalled)
    {
        if (OperatingSystem.IsMacOS())
            return $"brew install {tool.Package}";
        if (OperatingSystem.IsWindows())
            return tool.Package == "ffmpeg" ? "winget install Gyan.FFmpeg" : $"winget install {tool.Package}";
        var (manager, command) = LinuxManagers.FirstOrDefault(m => isInstalled(m.Manager), LinuxManagers[0]);
        if (Environment.UserName == "root")
            command = command.Replace("sudo ", "", StringComparison.Ordinal);
        // Fedora's own ffmpeg goes by another name.
        var package = manager == "dnf" && tool.Package == "ffmpeg" ? "ffmpeg-free" : tool.Package;
        return $"{command} {package}";
    }
}
