namespace Libretto.Lyrics.Formats;

/// <summary>
/// Plain text, a line of the song a line. Holds the words and the lines, no times: what is read back is a document whose
/// <see cref="LyricsDocument.IsTimed"/> is false. Lines that are given but not sung are written too.
/// </summary>
internal sealed class PlainTextFormat : ILyricsFormat
{
    public string Name => "txt";

    public string Extension => ".txt";

    public string MediaType => "text/plain";

    public string Keeps => "words and lines, no times";

    public bool CanRead => true;

    public string Write(LyricsDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return string.Concat(DocumentRules.Normalize(document).Lines.Select(line => line.Text + "\n"));
    }

    public LyricsDocument Read(string text) => DocumentBuilder.Untimed(FormatText.Lines(text));
}
