using System.Diagnostics;
using Libretto.Settings;

namespace Libretto.Cli.Tests.Support;

/// <summary>
/// The real program in a process of its own, with a home of its own; only the model cache is the user's, so that nothing is
/// downloaded twice.
/// </summary>
internal sealed class LibrettoProgram : IDisposable
{
    private static readonly string[] s_isolated =
        [.. SettingsTable.All.Select(setting => setting.Variable), SettingsReader.FileVariable];

    /// <summary>The program: what ./test has built, which starts faster, else the one beside the tests.</summary>
    public static string Dll { get; } =
        Environment.GetEnvironmentVariable("LIBRETTO_TEST_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "Libretto.Cli.dll");

    private readonly Dictionary<string, string?> _environment;

    public LibrettoProgram()
    {
        _environment = s_isolated.ToDictionary(name => name, _ => (string?)null);
        _environment["XDG_STATE_HOME"] = Folder["state"];
        _environment["XDG_CONFIG_HOME"] = Folder["config"];
        _environment["NO_COLOR"] = "1";
        // No test goes out for the large model by itself.
        _environment["LIBRETTO_FETCH"] = "small";
        // Every test makes what it looks at.
        _environment["LIBRETTO_KEEP"] = "false";
    }

    /// <summary>The program's working folder.</summary>
    public ScratchFolder Folder { get; } = new();

    /// <summary>The files below the working folder, without the program's own memory, in order.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(Folder.Path, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder.Path, file))
        .Where(file => !file.StartsWith("state", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public string? this[string variable]
    {
        set => _environment[variable] = value;
    }

    public Task<Outcome> RunAsync(params string[] arguments) => RunAsync("dotnet", [Dll, .. arguments]);

    /// <summary>Runs any program in the same folder and environment.</summary>
    public async Task<Outcome> RunAsync(string program, string[] arguments)
    {
        using var process = Start(program, arguments);
        return await EndAsync(process);
    }

    /// <summary>Starts the program; <see cref="EndAsync"/> waits for it.</summary>
    public Process Start(params string[] arguments) =>
        // A shell that runs the tests in the background has them, and all they start, ignore SIGINT.
        OperatingSystem.IsLinux() ? Start("env", ["--default-signal=INT", "dotnet", Dll, .. arguments]) : Start("dotnet", [Dll, .. arguments]);

    public static async Task<Outcome> EndAsync(Process process)
    {
        var token = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));
        await process.WaitForExitAsync(token);
        return new Outcome(process.ExitCode, await output, await errors);
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public void Dispose() => Folder.Dispose();
}

/// <summary>What a run gave.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors);
