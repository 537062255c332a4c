using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Libretto.Tests;

/// <summary>Holds the arrows of docs/architecture.md: which folder of the library may use which, method bodies included.</summary>
public class ArchitectureTests
{
    private static readonly string[] s_ground = ["Lyrics", "Tools", "Models", "Storage", "Settings"];
    private static readonly string[] s_shared = [.. s_ground.Except(["Settings"]), "Audio", "Speech"];
    private static readonly string[] s_stages = ["Acquire", "Separate", "Transcribe", "Align", "Pitch", "Karaoke"];

    private static readonly Architecture s_library = new ArchLoader().LoadAssembly(typeof(LibrettoException).Assembly).Build();

    [Fact]
    public void Every_folder_uses_only_those_it_may() => Assert.Empty(Violations(Allowed()));

    [Fact]
    public void An_arrow_that_is_not_allowed_is_found()
    {
        // Taking away an arrow that is really there shows that the check sees it, whether in a signature or in a method's body.
        var allowed = Allowed();
        allowed["Audio"] = [];
        Assert.Contains(Violations(allowed), violation => violation.StartsWith("Audio uses Tools:", StringComparison.Ordinal));
    }

    [Fact]
    public void No_stage_uses_another()
    {
        var allowed = Allowed();
        foreach (var stage in s_stages)
            Assert.Empty(allowed[stage].Intersect([.. s_stages, "Pipeline"]));
    }

    /// <summary>What each folder may use beside itself and the root's error family.</summary>
    private static Dictionary<string, string[]> Allowed()
    {
        var allowed = s_ground.ToDictionary(folder => folder, _ => Array.Empty<string>());
        allowed["Audio"] = ["Tools"];
        allowed["Speech"] = ["Audio", "Models", "Lyrics"];
        foreach (var stage in s_stages)
            allowed[stage] = s_shared;
        allowed["Pipeline"] = [.. s_shared, .. s_stages, "Settings"];
        return allowed;
    }

    private static List<string> Violations(Dictionary<string, string[]> allowed)
    {
        var arrows =
            from type in s_library.Types
            let user = Folder(type.FullName)
            from dependency in type.Dependencies
            let used = Folder(dependency.Target.FullName)
            where user is not (null or "") && used is not (null or "") && user != used
            select (user, used, what: $"{type.FullName} -> {dependency.Target.FullName}");
        return
        [
            .. arrows.Distinct()
                .Where(arrow => !allowed.TryGetValue(arrow.user, out var may) || !may.Contains(arrow.used))
                .Select(arrow => $"{arrow.user} uses {arrow.used}: {arrow.what}"),
        ];
    }

    /// <summary>The folder of a type of the library; empty for the root, null for a type from elsewhere.</summary>
    private static string? Folder(string fullName)
    {
        var parts = fullName.Split('.');
        return parts[0] != "Libretto" ? null : parts.Length > 2 ? parts[1] : "";
    }
}
