using System.Text;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>
/// Enhanced LRC (the A2 extension): LRC with a tag <c>&lt;mm:ss.xx&gt;</c> before each word and one after the last. Holds what
/// LRC holds; after a round trip the starts of words and the ends of lines are right to 10 ms. Pauses between the words of a line are
/// not held: a word lasts until the next.
/// </summary>
internal sealed class EnhancedLrcFormat : ILyricsFormat
{
    public string Name => "elrc";

    public string Extension => ".elrc";

    public string MediaType => "application/x-elrc";

    public string Keeps => "title, artist, language, length, second lines; starts of words to 10 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null) => LrcWriter.Write(document, Name, notices, AppendWords);

    public LyricsDocument Read(string text, LyricsNotices? notices = null) => LrcReader.Read(text, notices);

    private static void AppendWords(StringBuilder lrc, LyricsLine line, long end)
    {
        var before = "";
        foreach (var word in line.Words)
        {
            lrc.Append(WordJoiner.NeedsSpace(before, word.Text) ? " " : "")
                .Append('<').Append(LrcWriter.Tag(word.Start)).Append('>')
                .Append(FormatText.Protect(word.Text, LrcReader.LooksLikeTag));
            before = word.Text;
        }
        lrc.Append('<').Append(Milliseconds.MinutesHundredths(end)).Append('>');
    }
}
