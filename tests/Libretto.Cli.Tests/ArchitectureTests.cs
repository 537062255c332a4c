using System.Reflection;
using Libretto.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary>Holds the arrows of docs/architecture.md for the command line: commands read arguments, all else knows nothing of them.</summary>
public class ArchitectureTests
{
    private static readonly FolderArrows s_program = new(Assembly.Load("Libretto.Cli"), "Libretto.Cli");

    [Fact]
    public void Every_folder_uses_only_those_it_may()
    {
        var found = s_program.Violations(Allowed());
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void An_arrow_that_is_not_allowed_is_found()
    {
        var allowed = Allowed();
        allowed["Songs"] = ["Results"];
        Assert.Contains(s_program.Violations(allowed), violation => violation.StartsWith("Songs uses Display:", StringComparison.Ordinal));
    }

    private static Dictionary<string, string[]> Allowed() => new()
    {
        ["Commands"] = ["Songs", "Display", "Results", "Remote"],
        ["Songs"] = ["Display", "Results"],
        ["Display"] = [],
        ["Results"] = [],
        ["Remote"] = [],
    };
}
