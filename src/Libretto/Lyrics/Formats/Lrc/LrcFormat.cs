using System.Text;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>
/// LRC: a time tag before each line, <c>[ti:]</c>, <c>[ar:]</c>, <c>[la:]</c> and <c>[length:]</c> before them. Holds title,
/// artist, language, length and text; after a round trip the starts of lines (and the length) are right to 10 ms, words are
/// spread over their line. Minutes grow past 99. A line followed by silence is cleared by an empty one, as is usual.
/// </summary>
internal sealed class LrcFormat : ILyricsFormat
{
    public string Name => "lrc";

    public string Extension => ".lrc";

    public string MediaType => "application/x-lrc";

    public string Keeps => "title, artist, language, length, second lines; starts of lines to 10 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null) =>
        LrcWriter.Write(document, Name, notices, (lrc, line, _) =>
        lrc.Append(Headings.Protect(FormatText.Protect(line.Text, LrcReader.LooksLikeTag))));

    public LyricsDocument Read(string text, LyricsNotices? notices = null) => LrcReader.Read(text, notices);
}
