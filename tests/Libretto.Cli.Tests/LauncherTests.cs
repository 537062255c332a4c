using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary>./libretto, which ./test has built before it runs these.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task Once_built_the_launcher_is_the_program_with_its_output_and_exit_code()
    {
        await _libretto.RunAsync(Repository.File("libretto"), ["--version"]);
        var version = await _libretto.RunAsync(Repository.File("libretto"), ["--version"]);
        Assert.Equal((0, ""), (version.ExitCode, version.Errors));
        Assert.Equal((await _libretto.RunAsync("--version")).Output, version.Output);
        Assert.Equal(3, (await _libretto.RunAsync(Repository.File("libretto"), ["gone.mp3"])).ExitCode);
    }

    [Fact]
    public async Task It_may_be_called_through_a_link_from_anywhere()
    {
        File.CreateSymbolicLink(_libretto.Folder["lib"], Repository.File("libretto"));
        Assert.Equal(0, (await _libretto.RunAsync(_libretto.Folder["lib"], ["--version"])).ExitCode);
    }
}
