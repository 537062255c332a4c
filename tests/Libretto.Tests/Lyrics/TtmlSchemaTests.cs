using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using CsCheck;
using Libretto.Lyrics;
using Libretto.Tests.Support;

namespace Libretto.Tests.Lyrics;

/// <summary>
/// What is written as TTML keeps to TTML2: its elements, their order and attributes, its times, agents that exist. The W3C's own schema is
/// spread over dozens of files with all of styling; the rules of the elements that lyrics use stand in Ttml2/.
/// </summary>
public sealed class TtmlSchemaTests
{
    private static readonly XNamespace s_metadata = "http://www.w3.org/ns/ttml#metadata";
    private static readonly XNamespace s_apple = "http://music.apple.com/lyric-ttml-internal";

    private static readonly XmlSchemaSet s_rules = Load();

    [Fact]
    public void Whatever_is_written_keeps_to_the_rules() => Documents.Normalized.Sample(document => AssertValid(LyricsFormats.Ttml.Write(document)));

    [Fact]
    public void So_does_a_duet_with_backgrounds_translations_parts_and_syllables() => AssertValid(LyricsFormats.Ttml.Write(Duet()));

    [Fact]
    public void Players_find_keys_agents_backgrounds_and_tracks_where_they_look_for_them()
    {
        var root = XDocument.Parse(LyricsFormats.Ttml.Write(Duet()), LoadOptions.PreserveWhitespace).Root!;
        var lines = root.Descendants().Where(element => element.Name.LocalName == "p").ToList();
        Assert.Equal(["L1", "L2", "L3"], lines.Select(line => line.Attribute(s_apple + "key")!.Value));
        Assert.Equal(["v1", "v2", "v1000"], lines.Select(line => line.Attribute(s_metadata + "agent")!.Value));
        var background = Assert.Single(lines[0].Elements(), span => span.Attribute(s_metadata + "role")?.Value == "x-bg");
        Assert.Equal("(ooh)", background.Value);
        var translation = Assert.Single(root.Descendants(s_apple + "translation"));
        Assert.Equal("es", translation.Attribute(XNamespace.Xml + "lang")!.Value);
        Assert.Equal([("L1", "Luz de la mañana")], translation.Elements(s_apple + "text").Select(text => (text.Attribute("for")!.Value, text.Value)));
        Assert.Equal([("L2", "asa no hikari")], root.Descendants(s_apple + "transliteration").Elements().Select(text => (text.Attribute("for")!.Value, text.Value)));
        // A player that takes all text of a line for its words finds nothing but them.
        Assert.Equal("Morning light(ooh)", lines[0].Value);
    }

    [Fact]
    public void A_duet_comes_back_as_it_was()
    {
        var read = LyricsFormats.Ttml.Read(LyricsFormats.Ttml.Write(Duet()));
        Assert.Equal(
            Duet().Lines.Select(line => (line.Text, line.Voice, line.Background, line.Translation, line.Romanized)),
            read.Lines.Select(line => (line.Text, line.Voice, line.Background, line.Translation, line.Romanized)));
    }

    [Theory]
    [InlineData("<tt xmlns='http://www.w3.org/ns/ttml'><body/></tt>")]
    [InlineData("<tt xmlns='http://www.w3.org/ns/ttml' xml:lang='en'><body><p>no division</p></body></tt>")]
    [InlineData("<tt xmlns='http://www.w3.org/ns/ttml' xml:lang='en'><body><div><p begin='1:2'>no time</p></div></body></tt>")]
    [InlineData("<tt xmlns='http://www.w3.org/ns/ttml' xmlns:m='http://www.w3.org/ns/ttml#metadata' xml:lang='en'><body><div><p m:agent='v9'>nobody</p></div></body></tt>")]
    [InlineData("<tt xmlns='http://www.w3.org/ns/ttml' xmlns:m='http://www.w3.org/ns/ttml#metadata' xml:lang='en'><body><div><p m:role='bg'>no such role</p></div></body></tt>")]
    public void The_rules_refuse_what_is_none(string text) => Assert.Throws<XmlSchemaValidationException>(() => AssertValid(text));

    private static LyricsDocument Duet() => new()
    {
        Title = "Light & dark", Artist = "Two", Language = "ja", Duration = 20,
        Lines =
        [
            Line(1, "Morning light") with { Voice = LyricsVoice.First, Translation = new LyricsTranslation("es", "Luz de la mañana") },
            Line(2.5, "(ooh)") with { Voice = LyricsVoice.First, Background = true },
            Line(5, "朝の光") with { Voice = LyricsVoice.Second, Romanized = "asa no hikari" },
            Line(9, "water falls") with { Voice = LyricsVoice.Both },
        ],
        Sections = [new LyricsSection("Verse", 0), new LyricsSection("Chorus", 2)],
    };

    private static LyricsLine Line(double start, string text) => LyricsLine.Of(
    [
        .. text.Split(' ').Select((word, i) => new LyricsWord(word, start + i, start + i + 0.9) is var timed && word == "water"
            ? timed with { Syllables = [new LyricsSyllable("wa", start, start + 0.4), new LyricsSyllable("ter", start + 0.4, start + 0.9)] }
            : timed),
    ]);

    private static void AssertValid(string text)
    {
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = s_rules };
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, e) =>
        {
            // A warning tells of other vocabularies, which have no rules here.
            if (e.Severity == XmlSeverityType.Error)
                throw e.Exception;
        };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        while (reader.Read())
        {
        }
    }

    private static XmlSchemaSet Load()
    {
        var set = new XmlSchemaSet { XmlResolver = null };
        foreach (var name in (string[])["xml.xsd", "metadata.xsd", "ttml2.xsd"])
            using (var reader = XmlReader.Create(Repository.File("tests", "Libretto.Tests", "Lyrics", "Ttml2", name)))
                set.Add(null, reader);
        set.Compile();
        return set;
    }
}
