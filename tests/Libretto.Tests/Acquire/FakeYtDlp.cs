using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Acquire;

/// <summary>A program in the place of yt-dlp that does, whatever it is called with, what a test asks of the dummy tool.</summary>
internal static class FakeYtDlp
{
    public static ToolRunner Doing(ScratchFolder folder, TimeProvider? time, params string[] steps)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in is a shell script");
        var path = folder["yt-dlp"];
        var dummy = Path.Combine(AppContext.BaseDirectory, "dummy-tool");
        File.WriteAllText(path, $"#!/bin/sh\nexec {Quoted(dummy)} {string.Join(' ', steps.Select(Quoted))}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new ToolRunner(new ToolLocator(new ToolPaths { YtDlp = path }), time);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
