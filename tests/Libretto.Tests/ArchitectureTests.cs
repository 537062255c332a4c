using Libretto.Tests.Support;

namespace Libretto.Tests;

/// <summary>Holds the arrows of docs/architecture.md: which folder of the library may use which, method bodies included.</summary>
public class ArchitectureTests
{
    private static readonly string[] s_ground = ["Lyrics", "Tools", "Models", "Storage", "Settings", "Output"];
    private static readonly string[] s_shared = [.. s_ground.Except(["Settings"]), "Audio", "Speech"];
    private static readonly string[] s_stages = ["Acquire", "Separate", "Transcribe", "Align", "Pitch", "Karaoke"];

    private static readonly FolderArrows s_library = new(typeof(LibrettoException).Assembly, "Libretto");

    [Fact]
    public void Every_folder_uses_only_those_it_may()
    {
        var found = s_library.Violations(Allowed());
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void An_arrow_that_is_not_allowed_is_found()
    {
        // Taking away an arrow that is really there shows that the check sees it, whether in a signature or in a method's body.
        var allowed = Allowed();
        allowed["Audio"] = [];
        Assert.Contains(s_library.Violations(allowed), violation => violation.StartsWith("Audio uses Tools:", StringComparison.Ordinal));
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
        allowed["Library"] = ["Pipeline", "Acquire", "Audio", "Lyrics", "Models", "Output", "Settings"];
        return allowed;
    }
}
