namespace Libretto.Library.Files;

/// <summary>Where a path leads when every symbolic link on the way is followed.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>The path without links; null when it leads in circles or nowhere.</summary>
    /// <param name="path">A path of a file or folder.</param>
    public static string? Of(string path)
    {
        var left = MostLinks;
        return Of(Path.GetFullPath(path), ref left);
    }

    private static string? Of(string path, ref int left)
    {
        var root = Path.GetPathRoot(path)!;
        var real = root;
        foreach (var part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            if (Target(next) is not { } target)
            {
                real = next;
                continue;
            }
            if (left-- == 0 || Of(Path.GetFullPath(target, real), ref left) is not { } followed)
                return null;
            real = followed;
        }
        return Path.Exists(real) ? real : null;
    }

    private static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
