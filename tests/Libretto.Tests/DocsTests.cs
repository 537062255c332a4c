using System.Text.RegularExpressions;
using Libretto.Settings;
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
    public void Every_error_code_is_in_the_docs()
    {
        var docs = File.ReadAllText(Repository.File("docs", "errors.md"));
        var codes = Directory.EnumerateFiles(Repository.File("src"), "*Exception.cs", SearchOption.AllDirectories)
            .SelectMany(file => ErrorCode().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .ToList();
        Assert.Contains("not_audio", codes);
        Assert.All(codes, code => Assert.Contains($"`{code}`", docs, StringComparison.Ordinal));
    }

    [GeneratedRegex("\"([a-z]+(?:_[a-z]+)+)\"")]
    private static partial Regex ErrorCode();
}
