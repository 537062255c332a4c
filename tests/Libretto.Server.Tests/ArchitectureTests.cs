using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Libretto.Server.Tests;

/// <summary>Holds the arrows of docs/architecture.md: which room of the server may use which, method bodies included.</summary>
public class ArchitectureTests
{
    private static readonly string[] s_jobs = ["Jobs", "Jobs.Workers", "Jobs.Queue", "Jobs.Work"];

    private static readonly Architecture s_server = new ArchLoader().LoadAssembly(typeof(LibrettoServer).Assembly).Build();

    [Fact]
    public void Every_room_uses_only_those_it_may()
    {
        var found = Violations(Allowed());
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void An_arrow_that_is_not_allowed_is_found()
    {
        // Taking away arrows that are really there shows that the check sees them: one in a method's body, one in a signature.
        var allowed = Allowed();
        allowed["Security"] = ["Data"];
        allowed["Jobs.Work"] = ["Data", "Jobs", "Jobs.Workers"];
        var found = Violations(allowed);
        Assert.Contains(found, violation => violation.StartsWith("Security uses Http: Libretto.Server.Security.KeyGate", StringComparison.Ordinal));
        Assert.Contains(found, violation => violation.StartsWith("Jobs.Work uses Jobs.Queue: Libretto.Server.Jobs.Work.JobWorker", StringComparison.Ordinal));
    }

    [Fact]
    public void No_room_is_used_by_one_that_it_uses()
    {
        var allowed = Allowed();
        Assert.All(allowed, room => Assert.All(room.Value, used => Assert.DoesNotContain(room.Key, allowed[used])));
    }

    /// <summary>What each room may use beside itself and the root, where the settings, the errors and the words for them lie.</summary>
    private static Dictionary<string, string[]> Allowed() => new()
    {
        ["Data"] = [],
        ["Http"] = ["Data"],
        ["Security"] = ["Data", "Http"],
        ["Jobs"] = ["Data"],
        ["Jobs.Workers"] = ["Data", "Jobs"],
        ["Jobs.Queue"] = ["Data", "Jobs", "Jobs.Workers"],
        ["Jobs.Work"] = ["Data", "Jobs", "Jobs.Workers", "Jobs.Queue"],
        ["Webhooks"] = ["Data", .. s_jobs],
        ["Pools"] = ["Data", "Webhooks", .. s_jobs],
        ["Api"] = ["Data", "Http", "Security", "Webhooks", "Pools", .. s_jobs],
        ["Operations"] = ["Data", "Http", "Security", "Webhooks", "Pools", .. s_jobs],
        ["Web"] = ["Data", "Http", "Security", "Webhooks", "Pools", "Api", "Operations", .. s_jobs],
    };

    private static List<string> Violations(Dictionary<string, string[]> allowed)
    {
        var arrows =
            from type in s_server.Types
            let user = Room(type.FullName)
            from dependency in type.Dependencies
            let used = Room(dependency.Target.FullName)
            where user is not (null or "") && used is not (null or "") && user != used
            // What puts a room together knows all of its parts.
            where !(type.Name.EndsWith("Services", StringComparison.Ordinal) && used.Split('.')[0] == user)
            select (user, used, what: $"{type.FullName} -> {dependency.Target.FullName}");
        return
        [
            .. arrows.Distinct()
                .Where(arrow => !allowed.TryGetValue(arrow.user, out var may) || !may.Contains(arrow.used))
                .Select(arrow => $"{arrow.user} uses {arrow.used}: {arrow.what}"),
        ];
    }

    /// <summary>The room of a type of the server; empty for the root, null for a type from elsewhere.</summary>
    private static string? Room(string fullName)
    {
        var parts = fullName.Split('+', '/')[0].Split('.');
        if (parts is not ["Libretto", "Server", ..])
            return null;
        return parts.Length < 4 || !char.IsAsciiLetterUpper(parts[2][0]) ? ""
            : parts[2] == "Jobs" && parts.Length > 4 ? $"Jobs.{parts[3]}"
            : parts[2];
    }
}
