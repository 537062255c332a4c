using CsCheck;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

/// <summary>Documents to test with: one to look at, and generators of all that may come.</summary>
internal static class Documents
{
    private static readonly string[] s_pieces =
    [
        "love", "Don't", "été", "straße", "Привет", "γειά", "שלום", "مرحبا", "नमस्ते", "愛", "してる", "を", "今日は", "ラーメン", "，", "「夢」",
        "สวัสดี", "안녕", "🎤", "👩‍👩‍👧", "é", "1999", "3月", "&", "&amp;", "&lt", "<", ">", "<b>", "</i>", "<3", "<00:01.00>", "<00:00:01.000>",
        "[", "[00:12.34]", "[Chorus]", "[ti:x]", "{", "}", "{\\an8}", "\\N", "\\", "-->", "--", "NOTE", "WEBVTT", "\"", "'", "]]>", "<!--",
        "<!DOCTYPE", "quoi\u00A0?", "\u2060", "<\u20601", "[\u2060\u20602", "{\u2060", "--\u2060>", "%", "#", ":", ";", ",", "1", "00:01", "\u200B", "a\u0301",
    ];

    /// <summary>Words without white space, of all scripts, full of what the formats use as syntax.</summary>
    public static Gen<string> Text { get; } =
        Gen.Frequency(
            (5, Any(s_pieces)),
            (2, Any(s_pieces).Array[2, 3].Select(string.Concat)),
            (2, Gen.String[1, 8]),
            (1, Gen.String[Gen.Char['\u0020', '\u007E'], 1, 6]),
            (1, Gen.String[Gen.Char['\u3000', '\u30FF'], 1, 4]))
        .Select(text => WordText.Split(text).FirstOrDefault() ?? "la");

    /// <summary>Any words at all, their times and texts as broken as an engine can make them.</summary>
    public static Gen<LyricsWord[]> BrokenWords { get; } =
        Gen.Select(
            Gen.OneOf(Text, Gen.String, Gen.Const("two words"), Gen.Const(" \n")),
            Gen.OneOf(Gen.Double[-5, 70], Gen.Double, Gen.Const(double.NaN), Gen.Const(1.0)),
            Gen.OneOf(Gen.Double[-5, 70], Gen.Double, Gen.Const(double.PositiveInfinity), Gen.Const(1.0)),
            Gen.Double[-0.5, 1.5].Nullable(0.3),
            (text, start, end, sure) => new LyricsWord(text, start, end) { Confidence = sure }).Array[0, 40];

    /// <summary>Lawful documents, with gaps and without, up to songs of three hours.</summary>
    public static Gen<LyricsDocument> Normalized { get; } =
        from words in Gen.Select(Text, Gen.Int[20, 3000], Gen.Frequency((3, Gen.Const(0)), (2, Gen.Int[1, 400]), (1, Gen.Int[3000, 20_000])), Gen.Int[0, 1000].Nullable(0.3)).Array[0, 30]
        from lineStarts in Gen.Bool.Array[words.Length]
        from offset in Gen.OneOf(Gen.Const(0), Gen.Int[0, 5000], Gen.Int[5_990_000, 10_800_000])
        from rest in Gen.Int[0, 10_000]
        from title in Text.Null()
        from artist in Text.Null()
        from language in Any<string?>("en", "ja", "th", null)
        select Make(words, lineStarts, offset, rest) with { Title = title, Artist = artist, Language = language };

    /// <summary>The song of the snapshots: a pause, a long line, syntax in the words, Japanese, a line not sung.</summary>
    public static LyricsDocument Sample { get; } = new()
    {
        Title = "Hello & <again>",
        Artist = "The [Brackets]",
        Language = "en",
        Duration = 6023.345,
        Source = new LyricsSource("link") { Url = "https://example.org/watch?v=1&t=2", VideoId = "abc" },
        Method = new LyricsMethod
        {
            Engine = "moonshine/tiny",
            Alignment = "attention",
            Words = "transcribed",
            Guards = new Dictionary<string, int> { ["loop"] = 1 },
            Lyrics = new SuppliedLyrics("file", 0.875, Unsure: false),
        },
        Lines =
        [
            LyricsLine.Of([new("Hello", 1.2, 1.523) { Confidence = 0.93 }, new("again,", 1.523, 2.004) { Confidence = 0.5 }, new("<3", 2.5, 3.41) { Estimated = true }]),
            LyricsLine.Of([new("[Chorus]", 3.41, 3.41) { Estimated = true }]) with { Sung = false },
            LyricsLine.Of([new("{\\an8}", 15, 15.25), new("-->", 15.25, 15.5), new("<b>R&B</b>", 15.5, 16), new("[00:12.34]", 16, 17.125)]),
            LyricsLine.Of([new("今日", 6001.005, 6001.5), new("は", 6001.5, 6002), new("。", 6002, 6002.1), new("love", 6002.1, 6003), new("quoi\u00A0?", 6003, 6004.999)]),
        ],
        Checks = [new LyricsCheck(15, 17.125, "invented text likely")],
    };

    /// <summary>Every word of the lines that are sung.</summary>
    public static List<LyricsWord> Words(LyricsDocument document) =>
        [.. document.Lines.Where(line => line.Sung != false).SelectMany(line => line.Words)];

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static LyricsDocument Make((string Text, int Length, int Gap, int? Sure)[] words, bool[] lineStarts, int offset, int rest)
    {
        var lines = new List<List<LyricsWord>>();
        long at = offset;
        for (var i = 0; i < words.Length; i++)
        {
            if (i == 0 || lineStarts[i])
                lines.Add([]);
            at += words[i].Gap;
            lines[^1].Add(new LyricsWord(words[i].Text, Milliseconds.ToSeconds(at), Milliseconds.ToSeconds(at + words[i].Length))
            {
                Confidence = words[i].Sure / 1000.0,
                Estimated = words[i].Sure == 0 ? true : null,
            });
            at += words[i].Length;
        }
        return new LyricsDocument { Duration = Milliseconds.ToSeconds(at + rest), Lines = [.. lines.Select(LyricsLine.Of)] };
    }
}
