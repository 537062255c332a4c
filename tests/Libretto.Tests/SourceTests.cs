using Libretto.Tests.Support;

namespace Libretto.Tests;

/// <summary>What can be measured of how the sources read.</summary>
public class SourceTests
{
    private const int LongestLine = 140;
    private const int MostFiles = 22;

    // What people write and read; the rest of the folder is fonts and lists of versions.
    private static readonly string[] s_written = [".cs", ".razor", ".js", ".css", ".sql"];

    [Fact]
    public void No_line_is_longer_than_an_editor_shows() => Assert.Empty(
        from file in Sources()
        where s_written.Contains(Path.GetExtension(file)) && !file.Contains("/vendor/", StringComparison.Ordinal)
        from line in File.ReadLines(file)
        where line.Length > LongestLine
        select $"{Path.GetRelativePath(Repository.Root, file)}: {line.Trim()}");

    [Fact]
    public void No_folder_holds_more_files_than_one_sees_at_a_glance() => Assert.Empty(
        from file in Sources()
        // Migrations are a list that only grows.
        where !file.Contains("/Data/Schema/", StringComparison.Ordinal)
        group file by Path.GetDirectoryName(file) into folder
        where folder.Count() > MostFiles
        select $"{Path.GetRelativePath(Repository.Root, folder.Key!)} has {folder.Count()} files");

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Repository.File("src"), "*", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
}
