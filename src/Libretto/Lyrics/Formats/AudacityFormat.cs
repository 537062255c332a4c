using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats;

/// <summary>
/// A label track of Audacity: start, end and text of a label, parted by tabs. A word is a label, to 1 ms. As in karaoke files (.kar), a
/// slash before a word says that a line begins with it, a backslash that a stanza does, so that these go where the word goes. The song ends
/// with its last word.
/// </summary>
internal sealed partial class AudacityFormat : ILyricsFormat
{
    private const char LineMark = '/';
    private const char StanzaMark = '\\';

    public string Name => "audacity";

    public string Extension => ".labels.txt";

    public string MediaType => "text/plain";

    public string Keeps => "words to 1 ms, lines, stanzas";

    public bool CanRead => true;

    /// <summary>Whether a line of a file is a label, or says of which frequencies the label before it is.</summary>
    public static bool IsLabel(ReadOnlySpan<char> line) => Label().IsMatch(line) || Frequencies().IsMatch(line);

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        var labels = new StringBuilder();
        foreach (var line in FormatText.SungLines(document, Name))
            for (var i = 0; i < line.Words.Count; i++)
            {
                var (word, mark) = (line.Words[i], i > 0 ? "" : line.Stanza == true ? $"{StanzaMark} " : $"{LineMark} ");
                // Six decimals, as Audacity itself writes them.
                labels.Append(CultureInfo.InvariantCulture, $"{word.Start:0.000000}\t{word.End:0.000000}\t{mark}")
                    .Append(FormatText.Protect(word.Text, LooksLikeMark())).Append('\n');
            }
        FormatLimits.Tell(document, Holds.Nothing, notices);
        return labels.ToString();
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null)
    {
        var labels = Labels(FormatText.Lines(text), notices);
        var isMarked = labels.Any(label => label.Text[0] is LineMark or StanzaMark);
        var isByWord = labels.Count(label => WordText.Split(label.Text).Length == 1) * 2 > labels.Count;
        var drafts = isMarked ? Marked(labels)
            : isByWord ? [Line([.. labels.OrderBy(label => label.Start)])]
            : labels.Select(label => Line([label]));
        var document = DocumentBuilder.Build(drafts, null, notices);
        // Words that say nothing of their lines are broken as recognized ones are.
        return isMarked || !isByWord || document.Lines.Count == 0 ? document
            : document with { Lines = LineBreaker.Break([.. document.Lines.SelectMany(line => line.Words)]) };
    }

    /// <summary>The labels with text.</summary>
    private static List<LabelledText> Labels(string[] lines, LyricsNotices? notices)
    {
        var labels = new List<LabelledText>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]) || Frequencies().IsMatch(lines[i]))
                continue;
            if (Label().Match(lines[i]) is not { Success: true } label)
            {
                if (labels.Count == 0)
                    throw LyricsFormatException.Broken("Audacity", i + 1, "it is no label: start, end and text, parted by tabs.");
                notices?.Add("what is no label is left out", i + 1);
                continue;
            }
            var (start, end) = (Time(label.Groups[1].ValueSpan), Time(label.Groups[2].ValueSpan));
            if (WordText.Clean(label.Groups[3].Value) is { Length: > 0 } content)
                labels.Add(new LabelledText(start, Math.Max(start, end), content, i + 1));
        }
        return labels;
    }

    /// <summary>A line from each mark to the next.</summary>
    private static IEnumerable<LineDraft> Marked(List<LabelledText> labels)
    {
        List<LabelledText> line = [];
        var (isStanza, isFirst) = (false, true);
        foreach (var label in labels)
        {
            if (label.Text[0] is not (LineMark or StanzaMark))
            {
                line.Add(label);
                continue;
            }
            if (line.Count > 0)
                yield return Line(line) with { Stanza = isStanza ? true : null };
            isStanza = label.Text[0] == StanzaMark && !isFirst;
            line = [label with { Text = label.Text[1..] }];
            isFirst = false;
        }
        if (line.Count > 0)
            yield return Line(line) with { Stanza = isStanza ? true : null };
    }

    private static LineDraft Line(IReadOnlyList<LabelledText> labels) => labels is [var only] && WordText.Split(only.Text).Length > 1
        ? new LineDraft(only.Start, only.End, [new TextPiece(Plain(only.Text))]) { LineNumber = only.LineNumber }
        : new LineDraft(labels.Count == 0 ? 0 : labels[0].Start, null,
            [.. labels.Select(label => new TextPiece($" {Plain(label.Text)} ", label.Start, label.End))])
        {
            LineNumber = labels.Count == 0 ? null : labels[0].LineNumber,
        };

    private static string Plain(string text) => FormatText.Unguard(text.Trim(' '), LooksLikeMark());

    private static long Time(ReadOnlySpan<char> seconds) =>
        double.TryParse(seconds.ToString().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var time)
            ? Milliseconds.From(Math.Clamp(time, 0, LongestSong)) : 0;

    // A time beyond is no song's; it is not let grow the song to years.
    private const double LongestSong = 24 * 3600;

    [GeneratedRegex(@"^[\uFEFF]?([0-9]{1,9}(?:[.,][0-9]{1,9})?)\t([0-9]{1,9}(?:[.,][0-9]{1,9})?)(?:\t(.*))?$")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\\\t-?[0-9.,]{1,20}\t-?[0-9.,]{1,20}\s*$")]
    private static partial Regex Frequencies();

    [GeneratedRegex(@"(?=[/\\])(?<=^\u2060*)")]
    private static partial Regex LooksLikeMark();

    private readonly record struct LabelledText(long Start, long End, string Text, int LineNumber);
}
