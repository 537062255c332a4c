using System.Runtime.Versioning;
using Libretto.Library.Files;
using Libretto.Tests.Support;

namespace Libretto.Tests.Library;

public sealed class LibraryWalkTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<string> _troubles = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_hidden_or_thrown_away_is_left_out()
    {
        foreach (var file in new[] { "a/1", ".hidden/2", "a/.3", "$RECYCLE.BIN/4", "@eaDir/5", "b/6", "b/.Trash-1000/7" })
            Add(file);
        Assert.Equal(["a/1", "b/6"], Walk());
    }

    [Fact]
    public void Links_are_followed_once_and_circles_end()
    {
        Add("a/1");
        Directory.CreateSymbolicLink(_folder["a/up"], _folder.Path);
        Directory.CreateSymbolicLink(_folder["again"], _folder["a"]);
        File.CreateSymbolicLink(_folder["a/2"], _folder["a/1"]);
        File.CreateSymbolicLink(_folder["a/self"], _folder["a/self"]);
        File.CreateSymbolicLink(_folder["a/nowhere"], _folder["gone"]);
        Assert.Equal(["a/1"], Walk());
    }

    [Fact]
    public void What_lies_elsewhere_is_met_where_the_link_is()
    {
        using var elsewhere = new ScratchFolder();
        File.WriteAllText(elsewhere["song"], "x");
        Directory.CreateDirectory(_folder[".store"]);
        File.WriteAllText(_folder[".store/object"], "x");
        File.CreateSymbolicLink(_folder["kept"], _folder[".store/object"]);
        Directory.CreateSymbolicLink(_folder["far"], elsewhere.Path);
        Directory.CreateSymbolicLink(_folder["far too"], elsewhere.Path);
        Assert.Equal(["far/song", "kept"], Walk());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_read_is_told()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "nothing is forbidden to root");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the permissions are of Unix");
        Add("a/1");
        Add("b/2");
        File.SetUnixFileMode(_folder["a"], UnixFileMode.None);
        Assert.Equal(["b/2"], Walk());
        File.SetUnixFileMode(_folder["a"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Contains(_folder["a"], Assert.Single(_troubles), StringComparison.Ordinal);
    }

    private void Add(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], "x");
    }

    private IEnumerable<string> Walk() => new LibraryWalk((folder, _) => _troubles.Add(folder))
        .Walk(_folder.Path, TestContext.Current.CancellationToken).SelectMany(folder => folder.Files)
        .Select(file => Path.GetRelativePath(_folder.Path, file.Path)).Order(StringComparer.Ordinal);
}
