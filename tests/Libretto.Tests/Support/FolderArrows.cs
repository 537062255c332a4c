using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Libretto.Tests.Support;

/// <summary>Which folder of a program uses which, as its compiled code says: method bodies included.</summary>
/// <param name="assembly">The program.</param>
/// <param name="root">The namespace of its top folder, such as <c>Libretto.Cli</c>.</param>
internal sealed class FolderArrows(System.Reflection.Assembly assembly, string root)
{
    private readonly Architecture _code = new ArchLoader().LoadAssembly(assembly).Build();

    /// <summary>The arrows that nothing allows, such as <c>Audio uses Lyrics: Libretto.Audio.PcmFile -> Libretto.Lyrics.LyricsLine</c>.</summary>
    /// <param name="allowed">What each folder may use beside itself and what lies in no folder.</param>
    public List<string> Violations(IReadOnlyDictionary<string, string[]> allowed)
    {
        var arrows =
            from type in _code.Types
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

    /// <summary>The folder of a type; empty for the top one, null for a type from elsewhere.</summary>
    private string? Folder(string fullName)
    {
        if (!fullName.StartsWith(root + ".", StringComparison.Ordinal))
            return null;
        var parts = fullName[(root.Length + 1)..].Split('.');
        return parts.Length > 1 ? parts[0] : "";
    }
}
