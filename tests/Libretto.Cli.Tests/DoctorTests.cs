using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

public sealed class DoctorTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task On_a_machine_with_ffmpeg_all_is_well()
    {
        var run = await _libretto.RunAsync("doctor");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches(@"ok +ffmpeg +\S+ \(/.*ffmpeg\)", run.Output);
        Assert.Contains("All that is needed is here.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ffmpeg_cannot_read_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script is of Unix");
        var ffmpeg = _libretto.Folder["ffmpeg"];
        // As some systems ship it: without what is patented.
        await File.WriteAllTextAsync(
            ffmpeg, "#!/bin/sh\nfor a; do [ \"$a\" = -decoders ] && exec sh -c 'ffmpeg \"$@\" | grep -v -E \"aac|wmav2\"' sh \"$@\"; done\nexec ffmpeg \"$@\"\n",
            TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var whole = await _libretto.RunAsync("doctor");
        _libretto["LIBRETTO_FFMPEG"] = ffmpeg;

        var run = await _libretto.RunAsync("doctor");

        Assert.Matches("ok +sound +ffmpeg reads every usual format", whole.Output);
        Assert.Matches("-- +sound +ffmpeg cannot read AAC, WMA +install a whole one", run.Output);
    }

    [Theory]
    [InlineData("0x3B9ACA00", "Of 1000 MB of memory whisper-base takes up to 780, moonshine-tiny 360: whisper-base fits, larger models do not.")]
    [InlineData("0x23C34600", "Of 600 MB of memory whisper-base takes up to 780, moonshine-tiny 360: moonshine-tiny fits: '--engine moonshine'.")]
    [InlineData("0x11E1A300", "Of 300 MB of memory whisper-base takes up to 780, moonshine-tiny 360: too little even for moonshine-tiny: ")]
    public async Task On_a_small_machine_the_verdict_says_which_engine_fits(string heapLimit, string verdict)
    {
        // .NET takes this for the machine's memory, as it takes a container's limit.
        _libretto["DOTNET_GCHeapHardLimit"] = heapLimit;
        _libretto["LIBRETTO_MODELS"] = TestModels.Folder;
        Assert.Contains(verdict, (await _libretto.RunAsync("doctor")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_comes_with_the_line_that_mends_it()
    {
        _libretto["LIBRETTO_FFMPEG"] = "/nowhere/ffmpeg";
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["cache"];
        _libretto["LIBRETTO_MODELS"] = _libretto.Folder["gone"];
        var run = await _libretto.RunAsync("doctor");
        Assert.Equal(5, run.ExitCode);
        Assert.Matches("!! +ffmpeg +not ready +.*/nowhere/ffmpeg, is not a program", run.Output);
        Assert.Matches("-- +moonshine-tiny +.*libretto models pull moonshine-tiny", run.Output);
        Assert.Matches("!! +models +.*gone does not exist +correct LIBRETTO_MODELS", run.Output);
    }

    [Fact]
    public async Task Every_setting_is_shown_with_its_origin_and_no_secret_is()
    {
        _libretto["LIBRETTO_THREADS"] = "2";
        _libretto["HF_TOKEN"] = "hf_secret";
        Directory.CreateDirectory(_libretto.Folder["config"]);
        File.WriteAllText(_libretto.Folder["config/libretto.json"], """{ "language": "fr", "threads": 1 }""");
        var run = await _libretto.RunAsync("doctor");
        Assert.Matches("threads +2 +from LIBRETTO_THREADS", run.Output);
        Assert.Matches("language +fr +from .*libretto.json", run.Output);
        Assert.Matches("engine +auto +default", run.Output);
        Assert.Matches("ok +HF_TOKEN +set by HF_TOKEN", run.Output);
        Assert.DoesNotContain("hf_secret", run.Output + run.Errors, StringComparison.Ordinal);
    }
}
