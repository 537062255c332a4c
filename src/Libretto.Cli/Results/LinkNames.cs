namespace Libretto.Cli.Results;

/// <summary>Names the results of links: after the song, in one folder, and never two songs alike.</summary>
/// <param name="folder">The folder they go to; the working folder when null.</param>
/// <param name="taken">Files that other songs of the run are written to.</param>
internal sealed class LinkNames(string? folder, IEnumerable<string> taken)
{
    private readonly HashSet<string> _taken = [.. taken.Select(Path.GetFullPath)];

    /// <summary>How the names of a song's results begin.</summary>
    /// <param name="song">What the song is called.</param>
    /// <param name="results">The files of such a beginning.</param>
    public string Of(string song, Func<string, IEnumerable<string>> results)
    {
        var name = FileNames.Of(song);
        var start = Path.Combine(folder ?? "", name);
        for (var number = 2; results(start).Any(path => _taken.Contains(Path.GetFullPath(path))); number++)
            start = Path.Combine(folder ?? "", $"{name} ({number})");
        _taken.UnionWith(results(start).Select(Path.GetFullPath));
        return start;
    }
}
