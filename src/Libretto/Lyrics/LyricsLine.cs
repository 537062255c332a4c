using System.Text.Json.Serialization;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics;

/// <summary>A line as it is sung in one breath.</summary>
/// <param name="Start">Start of its first word, seconds.</param>
/// <param name="End">End of its last word, seconds.</param>
/// <param name="Text">Its words, joined.</param>
/// <param name="Words">Its words in order of time.</param>
public sealed record LyricsLine(double Start, double End, string Text, IReadOnlyList<LyricsWord> Words)
{
    /// <summary>False for a given line that is not sung; null when nothing is known.</summary>
    public bool? Sung { get; init; }

    /// <summary>Who sings it; null when unknown, or when the song has one singer.</summary>
    [JsonConverter(typeof(LyricsVoiceConverter))]
    public LyricsVoice? Voice { get; init; }

    /// <summary>True for a line of the background voices, which may sound while another line does; null otherwise.</summary>
    public bool? Background { get; init; }

    /// <summary>The line in Latin letters, where it is written in others; null when unknown.</summary>
    public string? Romanized { get; init; }

    /// <summary>
    /// The words of <see cref="Romanized"/>, one for each of <see cref="Words"/>; null where there are not as many, so that none can be
    /// told to be another's.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string>? RomanizedWords => WordText.Split(Romanized) is var words && words.Length == Words.Count ? words : null;

    /// <summary>What it means in another language; null when unknown.</summary>
    public LyricsTranslation? Translation { get; init; }

    /// <summary>True where a blank line stood before it: the first line of a stanza; null otherwise.</summary>
    public bool? Stanza { get; init; }

    /// <summary>The line of some words: its times and its text are theirs.</summary>
    /// <param name="words">One word or more, in order of time.</param>
    /// <exception cref="ArgumentException">There are no words.</exception>
    public static LyricsLine Of(IReadOnlyList<LyricsWord> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0)
            throw new ArgumentException("A line has at least one word.", nameof(words));
        return new LyricsLine(words[0].Start, words[^1].End, WordJoiner.Join(words.Select(word => word.Text)), words);
    }

    /// <summary>This line with other words: its times and its text are theirs, all else stays as it is.</summary>
    /// <param name="words">One word or more, in order of time.</param>
    /// <exception cref="ArgumentException">There are no words.</exception>
    public LyricsLine WithWords(IReadOnlyList<LyricsWord> words)
    {
        var (start, end, text, _) = Of(words);
        return this with { Start = start, End = end, Text = text, Words = words };
    }
}
