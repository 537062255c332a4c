using System.Text.RegularExpressions;
using Libretto.Settings;
using Libretto.Storage;
using Libretto.Tests.Support;

namespace Libretto.Tests;

/// <summary>The documents that repeat what the code says are held to it.</summary>
public partial class DocsTests
{
    [Fact]
    public void Every_setting_is_in_the_docs_as_it_is_in_the_table()
    {
        var docs = File.ReadAllText(Repository.File("docs", "settings.md"));
        foreach (var setting in SettingsTable.All)
        {
            var flag = setting.Flag is null ? "" : $"`{setting.Flag}`";
            Assert.Contains(
                $"| `{setting.Key}` | {flag} | `{setting.Variable}` | {setting.Default} | {setting.Description} |\n", docs, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_folder_of_the_content_store_is_in_the_docs_as_it_is_in_the_table()
    {
        foreach (var name in (string[])["storage.md", "architecture.md"])
        {
            var docs = File.ReadAllText(Repository.File("docs", name));
            Assert.All(
                StoreFolders.All,
                folder => Assert.Contains($"| `{folder.Prefix}` | {folder.Owner} | {folder.Holds} |", docs, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Content_is_stored_in_no_folder_but_those_of_the_table()
    {
        var sources = Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        Assert.All(sources, source => Assert.DoesNotMatch(StoredUnderLiteral(), source));
    }

    [Fact]
    public void Every_error_code_is_in_the_docs()
    {
        var docs = File.ReadAllText(Repository.File("docs", "errors.md"));
        var codes = Directory.EnumerateFiles(Repository.File("src"), "*Exception.cs", SearchOption.AllDirectories)
            .Append(Repository.File("src", "Libretto", "ErrorCodes.cs"))
            .SelectMany(file => ErrorCode().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .ToList();
        Assert.Contains("not_audio", codes);
        Assert.All(codes, code => Assert.Contains($"`{code}`", docs, StringComparison.Ordinal));
    }

    [Fact]
    public void The_map_names_every_folder()
    {
        var map = File.ReadAllText(Repository.File("docs", "architecture.md"));
        var folders = Directory.EnumerateDirectories(Repository.File("src"), "*", SearchOption.AllDirectories)
            .Where(folder => Directory.EnumerateFiles(folder, "*.cs").Any() && !IsBuilt(folder));
        Assert.All(folders, folder => Assert.Matches($@"\b{Regex.Escape(Path.GetFileName(folder))}\b", map));
        foreach (var program in (string[])["Libretto", "Libretto.Server"])
            Assert.All(
                Directory.EnumerateDirectories(Repository.File("src", program)).Where(folder => !IsBuilt(folder)),
                folder => Assert.Contains($"| `{Path.GetFileName(folder)}` |", map, StringComparison.Ordinal));
    }

    [Fact]
    public void The_map_names_only_what_is_there()
    {
        var named = Named().Matches(File.ReadAllText(Repository.File("docs", "architecture.md"))).Select(match => match.Groups[1].Value).Distinct().ToList();
        var paths = named.Where(name => name.StartsWith("src/", StringComparison.Ordinal)).ToList();
        Assert.InRange(paths.Count, 20, 100);
        Assert.All(paths, path => Assert.True(Path.Exists(Repository.File(path)), path));

        var sources = string.Concat(Directory.EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBuilt(file)).Select(File.ReadAllText));
        var known = Word().Matches(sources).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var names = named.Where(name => Name().IsMatch(name)).SelectMany(name => name.Split('.')).ToList();
        Assert.InRange(names.Count, 50, 500);
        Assert.All(names, name => Assert.True(known.Contains(name) || Directory.Exists(Repository.File("src", "Libretto", name)), name));
    }

    [Fact]
    public void Every_line_of_the_threat_model_names_a_test_that_exists()
    {
        var tests = Directory.EnumerateFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText).ToList();
        var lines = File.ReadLines(Repository.File("docs", "security.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.Contains("**", StringComparison.Ordinal)).Skip(2).ToList();
        Assert.InRange(lines.Count, 35, 200);
        foreach (var line in lines)
        {
            var named = TestName().Matches(line.Split('|')[^2]);
            Assert.True(named.Count > 0, line);
            // A contract's tests stand in its base class.
            foreach (Match name in named)
                Assert.True(tests.Any(text => text.Contains($"class {name.Groups[1].Value}", StringComparison.Ordinal)) &&
                    tests.Any(text => text.Contains($" {name.Groups[2].Value}(", StringComparison.Ordinal) || name.Groups[2].Length == 0), name.Value);
        }
    }

    private static bool IsBuilt(string path) => path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "artifacts");

    // What stands between two backquotes.
    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Named();

    // A type, or a type and its member.
    [GeneratedRegex(@"^[A-Z][a-z]\w+(\.[A-Z]\w+)?$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"`(\w+Tests)(?:\.(\w+))?`")]
    private static partial Regex TestName();

    // "downloads" is where songs that are being fetched wait for each other; nothing lies there.
    [GeneratedRegex(@"(ContentKey\.Of|AddFileAsync|AddAsync|KeepFileAsync)\(\s*""(?!downloads"")")]
    private static partial Regex StoredUnderLiteral();

    [GeneratedRegex("\"([a-z]+(?:_[a-z]+)+)\"")]
    private static partial Regex ErrorCode();
}
