using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>
/// Who sings, as programs write it before a line's text: <c>v1:</c>, <c>v2:</c> and <c>bg:</c>, or Walaoke's <c>F:</c>, <c>M:</c> and
/// <c>D:</c>
/// for a woman, a man and both. The first one met is the first voice.
/// </summary>
internal sealed partial class LrcVoices
{
    private readonly List<string> _met = [];

    /// <summary>Takes the prefix off a line, if it has one.</summary>
    /// <param name="text">The line without its time.</param>
    /// <param name="number">Where it stands in the file.</param>
    /// <param name="notices">Told of more voices than two.</param>
    public (string Text, LyricsVoice? Voice, bool? Background) Take(string text, int number, LyricsNotices? notices)
    {
        if (Prefix().Match(text) is not { Success: true } prefix)
            return (text, null, null);
        var rest = text[prefix.Length..];
        var name = prefix.Groups[1].Value;
        if (name.Equals("bg", StringComparison.OrdinalIgnoreCase))
            return (rest, null, true);
        if (name is "D" or "d" or "v1000")
            return (rest, LyricsVoice.Both, null);
        return (rest, VoiceOf(name.ToUpperInvariant(), number, notices), null);
    }

    private LyricsVoice VoiceOf(string name, int number, LyricsNotices? notices)
    {
        // Numbers say it themselves.
        if (name is "V1" or "V2")
            return name == "V1" ? LyricsVoice.First : LyricsVoice.Second;
        if (!_met.Contains(name))
            _met.Add(name);
        if (name.Length > 1 || _met.IndexOf(name) > 1)
            notices?.Add("there are more than two voices; the others are kept as the second", number);
        return _met.IndexOf(name) == 0 && name.Length == 1 ? LyricsVoice.First : LyricsVoice.Second;
    }

    [GeneratedRegex(@"^\s*(v[0-9]{1,4}|bg|[FMD]):\s*", RegexOptions.None)]
    private static partial Regex Prefix();
}
