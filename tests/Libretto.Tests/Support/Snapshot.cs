namespace Libretto.Tests.Support;

/// <summary>Texts that a person has read once and approved, kept beside the tests.</summary>
internal static class Snapshot
{
    private const string Update = "LIBRETTO_UPDATE_SNAPSHOTS";

    /// <summary>Holds a text against the file; writes the file only when LIBRETTO_UPDATE_SNAPSHOTS is 1.</summary>
    /// <param name="actual">What the code gives now.</param>
    /// <param name="parts">The file below tests/Libretto.Tests.</param>
    public static void Match(string actual, params string[] parts)
    {
        var path = Repository.File(["tests", "Libretto.Tests", .. parts]);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected == actual)
            return;
        var received = Path.Combine(Path.GetTempPath(), "libretto-received-" + parts[^1]);
        File.WriteAllText(received, actual);
        Assert.Fail(
            $"{Path.Combine(parts)} is not what the code gives now, which is in {received}. If the change is meant, run '{Update}=1 ./test' " +
            "and commit the new snapshot.\n" + FirstDifference(expected, actual));
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(before.Length, after.Length))
            .First(i => before.ElementAtOrDefault(i) != after.ElementAtOrDefault(i));
        return $"First difference, line {line + 1}:\n- {before.ElementAtOrDefault(line)}\n+ {after.ElementAtOrDefault(line)}";
    }
}
