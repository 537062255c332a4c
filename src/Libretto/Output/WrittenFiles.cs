using System.Security.Cryptography;

namespace Libretto.Output;

/// <summary>
/// Remembers what Libretto has written, by the SHA-256 of each file's content, as an empty file of that name in the user's
/// folder for state. So a result is known as Libretto's own in any format and after it was moved, and one that the user has
/// corrected is not. Losing the memory only means that Libretto asks once more before it overwrites.
/// </summary>
/// <param name="folder">Where the memory lies; made when missing.</param>
public sealed class WrittenFiles(string folder)
{
    /// <summary>The memory of this user: <c>written</c> in <see cref="StateFolder"/>.</summary>
    public static WrittenFiles OfUser() => new(Path.Combine(StateFolder.OfUser(), "written"));

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
