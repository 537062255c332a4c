using System.Text.RegularExpressions;

namespace Libretto.Acquire;

/// <summary>
/// Makes a song's title of a video's: takes the artist apart, and drops what tells of the video and not of the recording, by
/// MusicBrainz' rule that extra information stays where it tells recordings apart ("live", "acoustic", "remix", a featured guest).
/// </summary>
internal static partial class TitleCleaner
{
    private const string TopicChannel = " - Topic";
    private const string VevoChannel = "VEVO";

    /// <summary>Artist and title from what a site says.</summary>
    /// <param name="title">The video's title, or the track's where the site knows it.</param>
    /// <param name="artist">The artist, where the site knows it.</param>
    /// <param name="channel">Who published the video.</param>
    public static (string? Artist, string? Title) Clean(string? title, string? artist = null, string? channel = null)
    {
        if (string.IsNullOrWhiteSpace(title))
            return (Trimmed(artist), null);
        var text = WithoutVideoWords(title);
        if (artist is null && Split(text) is ({ } first, { } rest))
            return (Trimmed(first), Unquoted(rest));
        artist = Trimmed(artist) ?? ArtistOf(channel);
        // "Artist - Title" although the artist is known.
        if (artist is not null && Split(text) is ({ } named, { } song) && named.Equals(artist, StringComparison.OrdinalIgnoreCase))
            text = song;
        return (artist, Unquoted(text));
    }

    /// <summary>A channel that is the artist's own says so in its name; any other may be anyone's.</summary>
    private static string? ArtistOf(string? channel) =>
        channel is null ? null
        : channel.EndsWith(TopicChannel, StringComparison.Ordinal) ? Trimmed(channel[..^TopicChannel.Length])
        : channel.Length > VevoChannel.Length && channel.EndsWith(VevoChannel, StringComparison.Ordinal)
            ? CamelHump().Replace(channel[..^VevoChannel.Length], " ")
        : null;

    private static string WithoutVideoWords(string title)
    {
        var text = Bracketed().Replace(title, part => TitleNoise.AreAll(part.Groups[1].Value) ? " " : part.Value);
        text = Trimmed(HashTags().Replace(text, "")) ?? title;
        if (LastPart().Match(text) is { Success: true } last && TitleNoise.AreUnmistakable(last.Groups[1].Value))
            text = text[..last.Index];
        return Trimmed(TitleNoise.WithoutTrailing(Trimmed(text) ?? "")) ?? title.Trim();
    }

    private static (string? Artist, string? Title) Split(string text)
    {
        var dash = SpacedDash().Match(text);
        var (first, rest) = dash.Success ? (text[..dash.Index].Trim(), text[(dash.Index + dash.Length)..].Trim()) : ("", "");
        return first.Length > 0 && rest.Length > 0 ? (first, rest) : (null, null);
    }

    private static string Unquoted(string text)
    {
        var quoted = WhollyQuoted().Match(text);
        return quoted.Success ? quoted.Groups[1].Value.Trim() : text;
    }

    private static string? Trimmed(string? text)
    {
        var tidy = Spaces().Replace(text ?? "", " ").Trim(' ', '-', '–', '—', '|', '·', ',');
        return tidy.Length == 0 ? null : tidy;
    }

    [GeneratedRegex(@"[\(\[【〔]([^()\[\]【】〔〕]*)[\)\]】〕]", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"(?: #\w+)+ *$", RegexOptions.CultureInvariant)]
    private static partial Regex HashTags();

    [GeneratedRegex(@" +[-–—|/•] +([^-–—|/•]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex LastPart();

    [GeneratedRegex(@" +[-–—―]+ +", RegexOptions.CultureInvariant)]
    private static partial Regex SpacedDash();

    [GeneratedRegex("^[\"“”„«‘「『](.+)[\"“”»’」』]$", RegexOptions.CultureInvariant)]
    private static partial Regex WhollyQuoted();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex CamelHump();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
