using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

public sealed class ModelsTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public ModelsTests() => _libretto["LIBRETTO_CACHE"] = _libretto.Folder["cache"];

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task The_list_shows_what_is_known_and_what_is_here()
    {
        Directory.CreateDirectory(_libretto.Folder["cache/models/mine"]);
        File.WriteAllText(_libretto.Folder["cache/models/mine/model.onnx"], "weights");
        var run = await _libretto.RunAsync("models", "list");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches(@"(?m)^moonshine-tiny +moonshine +en +MIT +\d+ MB +no ", run.Output);
        Assert.Matches(@"(?m)^whisper-base +whisper +many +MIT ", run.Output);
        Assert.Matches(@"(?m)^mine +your own .*cache/models/mine", run.Output);
    }

    [Fact]
    public async Task A_model_in_the_cache_is_removed_and_one_elsewhere_stays()
    {
        foreach (var folder in new[] { "cache/models/mine", "elsewhere/other" })
        {
            Directory.CreateDirectory(_libretto.Folder[folder]);
            File.WriteAllText(_libretto.Folder[folder + "/model.onnx"], "weights");
        }
        _libretto["LIBRETTO_MODELS"] = _libretto.Folder["elsewhere"];

        Assert.Equal(0, (await _libretto.RunAsync("models", "remove", "mine")).ExitCode);
        var other = await _libretto.RunAsync("models", "remove", "other");

        Assert.Equal(3, other.ExitCode);
        Assert.Contains("outside of the cache, and stays", other.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_libretto.Folder["cache/models/mine"]));
        Assert.True(File.Exists(_libretto.Folder["elsewhere/other/model.onnx"]));
    }

    [Theory]
    [InlineData("pull", 2)]
    [InlineData("verify", 2)]
    [InlineData("optimize", 2)]
    [InlineData("remove", 3)]
    public async Task An_unknown_model_is_named(string command, int exitCode)
    {
        var run = await _libretto.RunAsync("models", command, "nonesuch");
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains("'nonesuch'", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_network_the_error_says_what_to_do()
    {
        // An address on this machine that refuses at once.
        _libretto["npm_config_registry"] = "http://127.0.0.1:9/";
        var run = await _libretto.RunAsync("models", "pull", "moonshine-tiny", "--progress", "none");
        Assert.Equal((5, ""), (run.ExitCode, run.Output));
        Assert.Contains("Check the network and try again", run.Errors, StringComparison.Ordinal);
    }
}
