using System.Text.RegularExpressions;

namespace Libretto.Server.Tests.Web.Layout;

/// <summary>The page may lie below a path: what it names, it names relative to its base.</summary>
public sealed partial class AddressTests
{
    [Fact]
    public void No_view_and_no_script_names_an_address_from_the_hosts_root()
    {
        var folder = Repository.File("src", "Libretto.Server", "Web");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".js" or ".css" || file.EndsWith(".razor.cs", StringComparison.Ordinal))
            .Where(file => !file.Contains("/vendor/", StringComparison.Ordinal)).ToList();

        Assert.True(files.Count > 30);
        Assert.Empty(files.SelectMany(file => Rooted().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetRelativePath(folder, file)}: {match.Value}")));
    }

    // Links, sources, redirects, requests and imports; a view's own route begins with a slash, as it must.
    [GeneratedRegex("""(?:href|src|action|data-\w+)="(?:@\(\$")?/|NavigateTo\(\$?"/|(?:fetch|open|register|import)\((?:"\w+", )?["`]/|url\(["']?/|\$"/(?:api|s|page)/""")]
    private static partial Regex Rooted();
}
