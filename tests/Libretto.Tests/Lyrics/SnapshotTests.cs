using Libretto.Lyrics;
using Libretto.Tests.Support;

namespace Libretto.Tests.Lyrics;

public class SnapshotTests
{
    public static TheoryData<string> Names => [.. LyricsFormats.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_format_writes_what_was_approved(string name)
    {
        var format = LyricsFormats.Named(name);
        Snapshot.Match(format.Write(Documents.Sample), "Lyrics", "Snapshots", "sample" + format.Extension);
    }
}
