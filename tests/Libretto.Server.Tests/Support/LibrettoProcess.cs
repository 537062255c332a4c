using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Libretto.Server.Tests.Support;

/// <summary>The real program in a process of its own; ended, however the test ends.</summary>
internal sealed class LibrettoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>The program: what ./test has built, which starts faster, else its own build of this configuration.</summary>
    private static string Dll { get; } = Environment.GetEnvironmentVariable("LIBRETTO_TEST_PROGRAM") ?? Repository.File(
        "src", "Libretto.Cli", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "Libretto.Cli.dll");

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LibrettoProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>What it has logged so far.</summary>
    public IReadOnlyCollection<string> Log => _errors;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a server or worker and waits until it is ready.</summary>
    public static async Task<LibrettoProcess> ServeAsync(
        string dataFolder, int port, string? database = null, string arguments = "", params (string Name, string Value)[] environment) =>
        await ServeAsync(dataFolder, port, database, arguments, null, environment);

    /// <summary>The same of another program than the one that was built; of that one when null.</summary>
    public static async Task<LibrettoProcess> ServeAsync(
        string dataFolder, int port, string? database, string arguments, string? program, params (string Name, string Value)[] environment)
    {
        var server = Start(
            [
                "serve", "--data", dataFolder, .. port > 0 ? (string[])["--urls", $"http://127.0.0.1:{port}"] : [],
                .. database is null ? (string[])[] : ["--database", database], .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ],
            [("LIBRETTO_TAKEOVER_SECONDS", "2"), ("LIBRETTO_LOG", "text"), .. environment],
            program);
        await Task.WhenAny(server._ready.Task, server._process.WaitForExitAsync()).WaitAsync(Patience);
        return server;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var run = Start(arguments, environment);
        var output = await run._process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run._process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return (run._process.ExitCode, output, string.Join('\n', run._errors));
    }

    /// <summary>Starts a command, and waits until it has said something of one kind on its error output.</summary>
    public static async Task<LibrettoProcess> SayingAsync(string words, string[] arguments, params (string Name, string Value)[] environment)
    {
        var run = Start(arguments, environment);
        _ = run._process.StandardOutput.ReadToEndAsync();
        await run.SaysAsync(words);
        return run;
    }

    /// <summary>What it ended with; only of one that has.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>As <c>kill -TERM</c>: a graceful stop.</summary>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>As <c>kill -NAME</c>: <c>STOP</c> halts it as it is, <c>CONT</c> lets it go on.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has logged something of one kind.</summary>
    public async Task SaysAsync(string words)
    {
        for (var waited = TimeSpan.Zero; !_errors.Any(line => line.Contains(words, StringComparison.Ordinal)); waited += s_look)
        {
            Assert.True(waited < Patience && !HasExited, string.Join('\n', _errors));
            await Task.Delay(s_look, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As <c>kill -KILL</c>: nothing is saved.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>The same for one whose children live on: they hold its output open, so only the process itself is waited for.</summary>
    public async Task KillAloneAsync()
    {
        _process.Kill();
        while (!_process.HasExited)
            await Task.Delay(20);
    }

    /// <summary>Waits for a process that ends by itself.</summary>
    public Task ExitAsync() => _process.WaitForExitAsync().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private static LibrettoProcess Start(string[] arguments, (string Name, string Value)[] environment, string? program = null)
    {
        var start = new ProcessStartInfo("dotnet", [program ?? Dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["DATABASE_URL", "LIBRETTO_DATA", "LIBRETTO_SERVER", "LIBRETTO_KEY"])
            start.Environment.Remove(name);
        // The small engine, whatever else this machine has.
        start.Environment["LIBRETTO_ENGINE"] = "moonshine";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new LibrettoProcess(Process.Start(start)!);
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        _errors.Enqueue(line);
        if (line.Contains("Listening on", StringComparison.Ordinal) || line.Contains("Working in lane", StringComparison.Ordinal))
            _ready.TrySetResult();
    }
}
