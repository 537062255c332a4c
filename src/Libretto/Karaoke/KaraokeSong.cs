using Libretto.Lyrics;

namespace Libretto.Karaoke;

/// <summary>A song as karaoke shows it.</summary>
/// <param name="Document">Its words with times, and syllables where they are known.</param>
/// <param name="Duration">How long its sound is, seconds.</param>
internal sealed record KaraokeSong(LyricsDocument Document, double Duration)
{
    /// <summary>What the title card says; a song without a title has none.</summary>
    public string Title => Document.Title ?? "";

    public string Artist => Document.Artist ?? "";

    /// <summary>The lines that are sung, in order.</summary>
    public IReadOnlyList<LyricsLine> Lines { get; } =
        Document.IsTimed ? [.. Document.Lines.Where(line => line.Sung != false)] : throw KaraokeException.NoTimes();

    /// <summary>What is shown below a line: how it is read, else what it means; null for nothing.</summary>
    public static string? BelowOf(LyricsLine line) => line.Romanized ?? line.Translation?.Text;

    /// <summary>All that may be shown.</summary>
    public IEnumerable<string> Texts =>
        [Title, Artist, .. Lines.SelectMany(line => new[] { line.Text, BelowOf(line) ?? "" })];
}
