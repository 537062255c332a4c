using Libretto.Lyrics;
using Libretto.Tests.Support;

namespace Libretto.Tests.Lyrics;

/// <summary>Documents that earlier versions wrote, kept as they were written: people have them on their disks.</summary>
public class OldDocumentsTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Repository.File("tests", "Libretto.Tests", "Lyrics", "Written"), "*.json")
            .Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_document_written_by_an_earlier_version_is_read_and_written_as_it_was(string file)
    {
        var text = File.ReadAllText(Repository.File("tests", "Libretto.Tests", "Lyrics", "Written", file));
        var document = LyricsFormats.Json.Read(text);
        Assert.Empty(DocumentRules.Validate(document));
        Assert.Equal("moonshine/tiny", document.Method?.Engine);
        Assert.Equal(text, LyricsFormats.Json.Write(document));
    }
}
