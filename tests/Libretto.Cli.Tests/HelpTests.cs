using System.Text.RegularExpressions;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

public sealed partial class HelpTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Theory]
    [InlineData("libretto")]
    [InlineData("transcribe")]
    [InlineData("separate")]
    [InlineData("karaoke")]
    [InlineData("library")]
    [InlineData("convert")]
    [InlineData("models")]
    [InlineData("models pull")]
    [InlineData("cache prune")]
    [InlineData("doctor")]
    public async Task Help_is_what_was_approved(string command)
    {
        var run = await _libretto.RunAsync([.. command.Split(' ').Where(part => part != "libretto"), "--help"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Snapshot.Match(run.Output, "..", "Libretto.Cli.Tests", "Snapshots", $"help-{command.Replace(' ', '-')}.txt");
    }

    [Fact]
    public async Task Without_arguments_it_greets_with_three_examples()
    {
        var run = await _libretto.RunAsync();
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.StartsWith("Libretto: a song in, word-timed lyrics out.", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"song\.mp3|morning-light\.ogg --out out", run.Output);
        Assert.Contains("karaoke https://youtu.be/ID", run.Output, StringComparison.Ordinal);
        Assert.Contains("libretto serve", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_a_number_on_a_line()
    {
        var run = await _libretto.RunAsync("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(VersionLine(), run.Output);
    }

    [Theory]
    [InlineData]
    [InlineData("models")]
    [InlineData("convert", "one.lrc")]
    [InlineData("models", "pull")]
    [InlineData("models", "fetch")]
    public async Task An_incomplete_command_says_where_help_is(params string[] arguments)
    {
        var run = await _libretto.RunAsync(arguments.Length == 0 ? ["transcribe"] : arguments);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--help' shows what is possible.", run.Errors, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+\n$")]
    private static partial Regex VersionLine();
}
