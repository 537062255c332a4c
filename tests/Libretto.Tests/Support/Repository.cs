namespace Libretto.Tests.Support;

/// <summary>Where things lie around the tests.</summary>
internal static class Repository
{
    /// <summary>The checkout's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of real weights, songs and reference results (docs/tests.md); it need not be there.</summary>
    public static string Shared { get; } =
        Environment.GetEnvironmentVariable("LIBRETTO_TEST_DATA") is { Length: > 0 } named ? named : Path.Combine(Path.GetDirectoryName(Root)!, "shared");

    /// <summary>A file of the checkout.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file of that folder; skips the test, counted, where it is missing.</summary>
    public static string SharedFile(params string[] parts)
    {
        var path = Path.Combine([Shared, .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"{string.Join('/', parts.Take(2))} is not among the test data (docs/tests.md)");
        return path;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "Libretto.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
        return folder;
    }
}
