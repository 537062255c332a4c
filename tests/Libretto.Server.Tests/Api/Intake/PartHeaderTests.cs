using Libretto.Server.Api.Intake;

namespace Libretto.Server.Tests.Api.Intake;

/// <summary>Names of uploads as browsers, curl and libraries write them.</summary>
public sealed class PartHeaderTests
{
    [Theory]
    // Browsers, and curl since 7.81: a quote escaped, a backslash and a percent sign as they are.
    [InlineData("""filename="plain song.mp3" """, "plain song.mp3")]
    [InlineData("""filename="say %22hi%22.mp3" """, "say \"hi\".mp3")]
    [InlineData("""filename="back\slash.mp3" """, @"back\slash.mp3")]
    [InlineData("""filename="ends with \" """, @"ends with \")]
    [InlineData("""filename="100% pure.mp3" """, "100% pure.mp3")]
    [InlineData("""filename="100%25.mp3" """, "100%25.mp3")]
    [InlineData("""filename="My%20Song.mp3" """, "My%20Song.mp3")]
    [InlineData("""filename="two%0D%0Alines.mp3" """, "twolines.mp3")]
    [InlineData("""filename="Ünïcödé 日本 🎵.mp3" """, "Ünïcödé 日本 🎵.mp3")]
    [InlineData("""filename="a; name=b.mp3" """, "a; name=b.mp3")]
    // Older curl, curl --form-escape, Go, httpx: a backslash before quotes and backslashes.
    [InlineData("""filename="say \"hi\".mp3" """, "say \"hi\".mp3")]
    [InlineData("""filename="say \"hi\"" """, "say \"hi\"")]
    [InlineData("""filename="back\\slash.mp3" """, @"back\slash.mp3")]
    [InlineData("""filename="ends with \\" """, @"ends with \")]
    // Python's requests and .NET.
    [InlineData("""filename*=utf-8''caf%C3%A9%20%22x%22.mp3""", "café \"x\".mp3")]
    [InlineData("""filename="=?utf-8?B?Y2Fmw6kubXAz?="; filename*=utf-8''caf%C3%A9.mp3""", "café.mp3")]
    [InlineData("""filename*=UTF-8'en'na%C3%AFve.mp3; filename="naive.mp3" """, "naïve.mp3")]
    [InlineData("""filename*=iso-8859-1''caf%E9.mp3""", "café.mp3")]
    [InlineData("""filename="=?utf-8?B?Y2Fmw6kubXAz?=" """, "café.mp3")]
    [InlineData("""filename=plain.mp3""", "plain.mp3")]
    // aiohttp.
    [InlineData("""filename="caf%C3%A9%20noir.mp3" """, "café noir.mp3")]
    // A filename* that is none leaves the other.
    [InlineData("""filename="good.mp3"; filename*=nonsense""", "good.mp3")]
    [InlineData("""filename="good.mp3"; filename*=utf-8''bad%ZZ.mp3""", "good.mp3")]
    // Folders.
    [InlineData("""filename="C:\Music\Ärzte\song.mp3" """, "song.mp3")]
    [InlineData("""filename="\\nas\music\song.mp3" """, "song.mp3")]
    [InlineData("""filename="..\..\song.mp3" """, "song.mp3")]
    [InlineData("""filename="/home/anna/song.mp3" """, "song.mp3")]
    [InlineData("""filename="../song.mp3" """, "song.mp3")]
    [InlineData("""filename="" """, null)]
    public void The_files_name_is_read_as_its_client_meant_it(string written, string? name)
    {
        var part = PartHeader.Read($"form-data; name=\"file\"; {written}")!;
        Assert.Equal(("file", name, true), (part.Name, part.FileName, part.IsFile));
    }

    [Theory]
    [InlineData("form-data; name=\"model\"", "model")]
    [InlineData("form-data; name=model", "model")]
    [InlineData("form-data;name=\"timestamp_granularities[]\"", "timestamp_granularities[]")]
    [InlineData("form-data; NAME=\"model\"", "model")]
    public void A_field_without_a_file_has_a_name_alone(string header, string name) =>
        Assert.Equal(new PartHeader(name, null, false), PartHeader.Read(header));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("form-data")]
    [InlineData("form-data; filename=\"a.mp3\"")]
    [InlineData("form-data; name=\"\"")]
    public void A_part_without_a_name_is_none(string? header) => Assert.Null(PartHeader.Read(header));

    [Fact]
    public void A_name_is_cut_between_letters()
    {
        var name = PartHeader.Read($"form-data; name=\"file\"; filename=\"{new string('a', 199)}🎵.mp3\"")!.FileName!;
        Assert.Equal(new string('a', 199), name);
    }
}
