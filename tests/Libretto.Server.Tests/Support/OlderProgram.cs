using System.Diagnostics;

namespace Libretto.Server.Tests.Support;

/// <summary>
/// The program as it was at an earlier commit, built once into <c>artifacts</c>. It takes minutes, so only soaks ask for it; where the commit
/// is not there (a shallow clone) the test is skipped, counted.
/// </summary>
public sealed class OlderProgram : IDisposable
{
    // The last before progress, heartbeats and wake-ups changed, with eleven files of tables.
    private const string Commit = "75de033a369ee07c50730568ea371f05a15bc70c";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);
    private readonly SemaphoreSlim _once = new(1);

    public void Dispose() => _once.Dispose();

    /// <summary>The program's path.</summary>
    public async Task<string> BuildAsync()
    {
        await _once.WaitAsync();
        try
        {
            var folder = Path.Combine(Repository.Root, "artifacts", "older", Commit);
            var program = Path.Combine(folder, "src/Libretto.Cli/bin/Release/net10.0/Libretto.Cli.dll");
            if (File.Exists(program))
                return program;
            Assert.SkipUnless(await RunAsync("git", "-C", Repository.Root, "cat-file", "-e", $"{Commit}^{{commit}}") == 0,
                $"the commit {Commit} is not in this clone (git fetch --unshallow)");
            Directory.CreateDirectory(folder);
            var archive = Path.Combine(folder, "source.tar");
            Assert.Equal(0, await RunAsync("git", "-C", Repository.Root, "archive", "--output", archive, Commit));
            Assert.Equal(0, await RunAsync("tar", "-xf", archive, "-C", folder));
            Assert.Equal(0, await RunAsync(
                "dotnet", "build", Path.Combine(folder, "src/Libretto.Cli"), "-c", "Release", "-v", "quiet", "-nologo", "-p:RunAnalyzers=false"));
            return program;
        }
        finally
        {
            _once.Release();
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return process.ExitCode;
    }
}
