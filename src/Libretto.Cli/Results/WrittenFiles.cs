using System.Security.Cryptography;

namespace Libretto.Cli.Results;

/// <summary>
/// Remembers what Libretto has written, by the SHA-256 of each file's content, as an empty file of that name in the user's
/// folder for state. So a result is known as Libretto's own in any format and after it was moved, and one that the user has
/// corrected is not. Losing the memory only means that Libretto asks once more before it overwrites.
/// </summary>
internal sealed class WrittenFiles(string folder)
{
    /// <summary>The memory of this user: <c>$XDG_STATE_HOME/libretto/written</c>, else <c>~/.local/state/libretto/written</c>.</summary>
    public static WrittenFiles OfUser()
    {
        // The XDG specification: a relative path is to be ignored.
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (!Path.IsPathFullyQualified(state ?? ""))
        {
            state = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        }
        return new WrittenFiles(Path.Combine(state!, "libretto", "written"));
    }

    /// <summary>Whether a file is, byte for byte, something that Libretto wrote.</summary>
    public bool Holds(string path)
    {
        using var file = File.OpenRead(path);
        return file.Length == 0 || File.Exists(Mark(SHA256.HashData(file)));
    }

    /// <summary>Remembers a file that was just written.</summary>
    public void Add(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var mark = Mark(SHA256.HashData(file));
            Directory.CreateDirectory(Path.GetDirectoryName(mark)!);
            File.Create(mark).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The result itself is there; only the next run will ask for --force.
        }
    }

    private string Mark(byte[] hash)
    {
        var name = Convert.ToHexStringLower(hash);
        return Path.Combine(folder, name[..2], name[2..]);
    }
}
