using Libretto.Lyrics;
using Libretto.Lyrics.Writing;
using Libretto.Pipeline.Romanizing;
using Libretto.Tools;

namespace Libretto.Tests.Pipeline.Romanizing;

/// <summary>Lines of other scripts in Latin letters, for singers who cannot read them.</summary>
public class RomanizerTests
{
    [Theory]
    [InlineData("ru", "Привет, мир! Объятья", "Privet, mir! Obyatya")]
    [InlineData("el", "Σ' αγαπώ μου ευχαριστώ", "S' agapo mou evcharisto")]
    [InlineData("ko", "안녕하세요 사랑해", "annyeonghaseyo salanghae")]
    [InlineData("zh", "我爱你，北京", "wo ai ni, bei jing")]
    [InlineData("hi", "नमस्ते दुनिया प्यार", "namaste duniya pyar")]
    [InlineData("ta", "தமிழ் வணக்கம்", "tamil vanakkam")]
    [InlineData("ka", "საქართველო love", "sakartvelo love")]
    public async Task A_line_is_romanized_word_by_word(string language, string text, string expected)
    {
        var (line, notices) = await LineAsync(language, text);
        Assert.Equal(expected, line.Romanized);
        Assert.Equal(line.Words.Count, line.RomanizedWords!.Count);
        Assert.Empty(notices);
    }

    [Theory]
    [InlineData("ありがとう", "a ri ga to u")]
    [InlineData("しゃしん チョコ キャット", "sha shi n cho ko kyat to")]
    [InlineData("ラーメン ファン ティー", "raa me n fa n tii")]
    public async Task Kana_need_no_program(string text, string expected) =>
        Assert.Equal(expected, (await LineAsync("ja", text)).Line.Romanized);

    [Theory]
    [InlineData("キャット", "kyatto")]
    [InlineData("マッチ", "matchi")]
    [InlineData("ギュッと", "gyutto")]
    [InlineData("こんや", "kon'ya")]
    [InlineData("ヴァイオリン", "vaiorin")]
    [InlineData("ウィークエンド", "wiikuendo")]
    [InlineData("ジェット", "jetto")]
    [InlineData("つづく", "tsuzuku")]
    public void Syllables_are_written_as_Hepburn_does(string kana, string expected) => Assert.Equal(expected, Assert.Single(Kana.Romanize([kana])));

    [Fact]
    public async Task Kanji_without_MeCab_are_left_and_that_is_said()
    {
        var (line, notices) = await LineAsync("ja", "朝の光");
        Assert.Null(line.Romanized);
        Assert.Contains("mecab is not installed", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kanji_are_read_by_MeCab()
    {
        if (!IsInstalled())
            Assert.Skip("MeCab is not installed.");
        var document = await RunAsync(new ToolLocator(), "ja", ["朝の光は君へ届く", "今日は、愛してる baby", "ありがとう"], []);
        Assert.Equal(["asa no hikari wa kimi e todoku", "kyou wa, aishiteru baby", "arigatou"], document.Lines.Select(line => line.Romanized));
    }

    [Fact]
    public async Task Words_given_as_words_stay_one_to_one_where_MeCab_parts_them_so()
    {
        if (!IsInstalled())
            Assert.Skip("MeCab is not installed.");
        var document = new LyricsDocument { Duration = 10, Language = "ja", Lines = [LyricsLine.Of([new("朝", 1, 2), new("の", 2, 3), new("光", 3, 4)])] };
        var line = Assert.Single((await new Romanizer(new ToolRunner()).RunAsync(document, _ => { }, TestContext.Current.CancellationToken)).Lines);
        Assert.Equal(["asa", "no", "hikari"], line.RomanizedWords!);
    }

    [Theory]
    [InlineData("ar", "مرحبا")]
    [InlineData("he", "שלום")]
    [InlineData("th", "สวัสดี")]
    [InlineData("yue", "我哋")]
    public async Task What_its_letters_do_not_say_is_not_guessed_and_that_is_said(string language, string text)
    {
        var (line, notices) = await LineAsync(language, text);
        Assert.Null(line.Romanized);
        Assert.Contains("1 lines are not romanized", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_in_Latin_letters_and_romanizations_that_came_along_stay_as_they_are()
    {
        var document = new LyricsDocument
        {
            Duration = 10,
            Lines = [LyricsLine.Of([new("été", 1, 2)]), LyricsLine.Of([new("мир", 3, 4)]) with { Romanized = "meer" }],
        };
        var read = await new Romanizer(new ToolRunner()).RunAsync(document, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal([null, "meer"], read.Lines.Select(line => line.Romanized));
    }

    private static bool IsInstalled()
    {
        try
        {
            return new ToolLocator().Find(Tool.Mecab).Length > 0;
        }
        catch (ToolException)
        {
            return false;
        }
    }

    /// <summary>One line, on a machine without other programs.</summary>
    private static async Task<(LyricsLine Line, IReadOnlyList<string> Notices)> LineAsync(string language, string text)
    {
        var notices = new List<string>();
        var document = await RunAsync(new ToolLocator(searchPath: "/nowhere"), language, [text], notices);
        Assert.Empty(DocumentRules.Validate(document));
        return (Assert.Single(document.Lines), notices);
    }

    private static async Task<LyricsDocument> RunAsync(ToolLocator tools, string language, string[] lines, List<string> notices)
    {
        var document = new LyricsDocument
        {
            Duration = 100,
            Language = language,
            Lines = [.. lines.Select((text, i) => LyricsLine.Of([.. WordText.Words(text).Select((word, at) => new LyricsWord(word, (10 * i) + (at * 0.25), (10 * i) + (at * 0.25) + 0.2))]))],
        };
        return await new Romanizer(new ToolRunner(tools)).RunAsync(document, notices.Add, TestContext.Current.CancellationToken);
    }
}
