using System.Text.RegularExpressions;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Library;

/// <summary>How much is known of a song's lyrics, from nothing to all.</summary>
public enum LyricsLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The words.</summary>
    Plain,

    /// <summary>When each line begins.</summary>
    Lines,

    /// <summary>When each word begins.</summary>
    Words,

    /// <summary>That nothing is sung.</summary>
    Instrumental,
}

/// <summary>Lyrics that lie with a song.</summary>
/// <param name="Level">How much they tell.</param>
/// <param name="Place">The file's path, or <c>tags</c>.</param>
public sealed record KnownLyrics(LyricsLevel Level, string Place)
{
    /// <summary>The place of lyrics inside the song's file.</summary>
    public const string Tags = "tags";
}

/// <summary>Tells how much lyrics say.</summary>
internal static partial class LyricsSurvey
{
    /// <summary>The level of a text; none when it holds no words.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="LyricsFormatException">It is no text, or of no format that is read.</exception>
    public static LyricsLevel Of(byte[] bytes, string name) => Of(LyricsReader.Read(bytes, name).Document, bytes);

    /// <summary>The level of a tag's text.</summary>
    /// <exception cref="LyricsFormatException">It is of no format that is read.</exception>
    public static LyricsLevel Of(string text) =>
        Says(text) ? LyricsLevel.Instrumental : Of(LyricsReader.Read(text).Document);

    /// <summary>The level of a document.</summary>
    public static LyricsLevel Of(LyricsDocument document)
    {
        var lines = document.Lines.Where(line => line.Sung != false && line.Words.Count > 0).ToList();
        if (lines.Count == 0)
            return LyricsLevel.None;
        if (lines.All(line => Nothing().IsMatch(line.Text)))
            return LyricsLevel.Instrumental;
        if (!document.IsTimed)
            return LyricsLevel.Plain;
        // A line of one word says nothing of the others.
        var words = lines.Where(line => line.Words.Count > 1).DefaultIfEmpty(lines[0]).SelectMany(line => line.Words).ToList();
        return 2 * words.Count(word => word.Estimated == true) < words.Count ? LyricsLevel.Words : LyricsLevel.Lines;
    }

    private static LyricsLevel Of(LyricsDocument document, byte[] bytes)
    {
        var level = Of(document);
        return level == LyricsLevel.None && Says(System.Text.Encoding.Latin1.GetString(bytes)) ? LyricsLevel.Instrumental : level;
    }

    /// <summary>Whether a text says, in the way that programs for lyrics do, that nothing is sung.</summary>
    private static bool Says(string text) => Mark().IsMatch(text);

    /// <summary>What Libretto writes, as lrcget does, so that nobody asks again.</summary>
    public const string InstrumentalMark = "[au: instrumental]";

    [GeneratedRegex(@"^\s*(?:\[au:\s*instrumental\s*\]|instrumental:\s*true\s*$)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^[\W_]*(?:instrumental|no lyrics|this (?:song|track) is (?:an )?instrumental)?[\W_]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Nothing();
}
