namespace Libretto.Bench;

/// <summary>Where things lie around the bench.</summary>
internal static class Paths
{
    /// <summary>The checkout's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of weights and songs beside the checkout.</summary>
    public static string Shared { get; } = Path.Combine(Path.GetDirectoryName(Root)!, "shared");

    /// <summary>The launcher, as a user runs it.</summary>
    public static string Libretto { get; } = Path.Combine(Root, "libretto");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Libretto.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The bench does not run inside a checkout.");
        return folder;
    }
}
