using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Tools;

public sealed class ToolLocatorTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_on_the_path_wins()
    {
        var (first, second) = (Program("a", "ffmpeg"), Program("b", "ffmpeg"));
        Assert.Equal(first, Locator(null, _folder["a"], _folder["b"]).Find(Tool.Ffmpeg));
        Assert.Equal(second, Locator(null, _folder["missing"], _folder["b"]).Find(Tool.Ffmpeg));
    }

    [Fact]
    public void A_given_path_wins_over_the_search_path()
    {
        Program("a", "ffmpeg");
        var own = Program("b", "my-ffmpeg");
        Assert.Equal(own, Locator(new ToolPaths { Ffmpeg = own }, _folder["a"]).Find(Tool.Ffmpeg));
        Assert.Equal(own, Locator(new ToolPaths { Ffmpeg = "my-ffmpeg" }, _folder["b"]).Find(Tool.Ffmpeg));
    }

    [Fact]
    public void The_ffprobe_beside_a_given_ffmpeg_is_taken()
    {
        Program("a", "ffprobe");
        var (ffmpeg, ffprobe) = (Program("b", "ffmpeg"), Program("b", "ffprobe"));
        Assert.Equal(ffprobe, Locator(new ToolPaths { Ffmpeg = ffmpeg }, _folder["a"]).Find(Tool.Ffprobe));
    }

    [Fact]
    public void A_given_path_that_is_wrong_is_an_error_and_not_passed_over()
    {
        Program("a", "ffmpeg");
        var error = Assert.Throws<ToolException>(() => Locator(new ToolPaths { Ffmpeg = "/no/ffmpeg" }, _folder["a"]).Find(Tool.Ffmpeg));
        Assert.Equal("tool_missing", error.Code);
        Assert.Contains("/no/ffmpeg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_the_right_to_run_is_no_program()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "permissions are of Unix");
        var path = Program("a", "ffmpeg");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.Throws<ToolException>(() => Locator(null, _folder["a"]).Find(Tool.Ffmpeg));
    }

    private static ToolLocator Locator(ToolPaths? paths, params string[] folders) => new(paths, string.Join(Path.PathSeparator, folders));

    private string Program(string folder, string name)
    {
        Directory.CreateDirectory(_folder[folder]);
        var path = Path.Combine(_folder[folder], OperatingSystem.IsWindows() ? name + ".exe" : name);
        File.WriteAllText(path, "");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
