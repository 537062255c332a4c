using System.Text;
using Libretto.Lyrics;
using Libretto.Server.Jobs;
using Libretto.Server.Tests.Support;
using Libretto.Storage;

namespace Libretto.Server.Tests.Jobs;

/// <summary>Lyrics that come over HTTP are read as on the command line, and kept as they were sent.</summary>
public sealed class GivenLyricsTests : IDisposable
{
    private const string Words = "The quick brown fox\njumps over the lazy dog\n";
    private const string Karaoke =
        "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
        "Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\k100}The {\\k100}quick\n";

    private static readonly string s_longHead = "[ti:x]\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"[by: somebody of that name, number {i}]\n")) + "[00:01.00]The quick\n[00:03.00]\n";

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], string?, string, string> Uploads { get; } = new()
    {
        { "UTF-16 with its mark", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Words)], "words.txt", "txt", "The quick brown fox" },
        { "UTF-16 without", Encoding.Unicode.GetBytes(Words), "words.txt", "txt", "The quick brown fox" },
        { "UTF-16, big end first, without a name", Encoding.BigEndianUnicode.GetBytes(Words), null, "txt", "The quick brown fox" },
        { "Western", Encoding.Latin1.GetBytes("[00:01.00]déjà l'été, où es-tu\n[00:04.00]\n"), "song.lrc", "elrc", "déjà l'été, où es-tu" },
        { "karaoke of Aegisub", Encoding.UTF8.GetBytes(Karaoke), "song.txt", "ass", "The quick" },
        { "a long head", Encoding.UTF8.GetBytes(s_longHead), null, "elrc", "The quick" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task Files_in_any_encoding_are_recognised_and_kept_as_they_were_sent(string what, byte[] bytes, string? name, string format, string line)
    {
        var given = GivenLyrics.Of(bytes, name);
        var store = new DiskContentStore(_folder["store"]);
        await given.StoreAsync(store, Ct);

        var read = (await GivenLyrics.ReadAsync(store, given.Key, Ct))!;

        Assert.True(format == given.Format.Name, $"{what}: {given.Format.Name}");
        Assert.Equal(line, read.Document.Lines[0].Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[ti:only tags]\n[ar:no words]\n")]
    public void Lyrics_without_words_are_refused(string text) =>
        Assert.Equal("lyrics_empty", Assert.Throws<LyricsFormatException>(() => GivenLyrics.Of(text, null)).Code);
}
