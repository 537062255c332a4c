namespace Libretto.Tools;

/// <summary>Finds outside programs: where the settings say, else on the search path.</summary>
public sealed class ToolLocator
{
    private readonly ToolPaths _paths;
    private readonly string[] _folders;

    /// <summary>Creates a locator.</summary>
    /// <param name="paths">Programs that lie elsewhere; none when null.</param>
    /// <param name="searchPath">Folders to search, separated as in <c>PATH</c>, which is taken when null.</param>
    public ToolLocator(ToolPaths? paths = null, string? searchPath = null)
    {
        _paths = paths ?? new ToolPaths();
        _folders = (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The full path of a program.</summary>
    /// <exception cref="ToolException"><c>tool_missing</c>: it is not installed, or not where the settings say.</exception>
    public string Find(Tool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        if (Given(tool) is { } given)
            return Resolve(given) ?? throw ToolException.NotWhereGiven(tool, given);
        return Beside(tool) ?? Search(tool.Name) ?? throw ToolException.Missing(tool, HintFor(tool));
    }

    /// <summary>The line that installs a program on this machine, such as <c>sudo apt-get install ffmpeg</c>.</summary>
    public string HintFor(Tool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return InstallHint.For(tool, name => Search(name) is not null);
    }

    private string? Given(Tool tool) =>
        tool == Tool.Ffmpeg ? _paths.Ffmpeg
        : tool == Tool.Ffprobe ? _paths.Ffprobe
        : tool == Tool.YtDlp ? _paths.YtDlp
        : tool.Name.Contains(Path.DirectorySeparatorChar) ? tool.Name
        : null;

    /// <summary>Both come in one package: who points at one ffmpeg means its ffprobe too.</summary>
    private string? Beside(Tool tool)
    {
        if (tool != Tool.Ffprobe || _paths.Ffmpeg is not { } ffmpeg || Resolve(ffmpeg) is not { } found)
            return null;
        return Executable(Path.Combine(Path.GetDirectoryName(found)!, tool.Name));
    }

    private string? Resolve(string nameOrPath) =>
        Path.GetFileName(nameOrPath) == nameOrPath ? Search(nameOrPath) : Executable(Path.GetFullPath(nameOrPath));

    private string? Search(string name) =>
        _folders.Select(folder => Executable(Path.Combine(folder, name))).FirstOrDefault(path => path is not null);

    private static string? Executable(string path)
    {
        if (OperatingSystem.IsWindows())
            return File.Exists(path) ? path : File.Exists(path + ".exe") ? path + ".exe" : null;
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != 0 ? path : null;
    }
}
