using System.Text;
using System.Text.RegularExpressions;
using Libretto.Lyrics;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>Lyrics that came with a song, in any format that can be read: checked when they come, kept as they are.</summary>
/// <param name="Format">Their format.</param>
/// <param name="Text">As it was sent.</param>
internal sealed partial record GivenLyrics(ILyricsFormat Format, string Text)
{
    private const string FormatTag = "format";

    // Told by their first characters; plain text is whatever is left.
    private static readonly (Func<string, bool> Looks, ILyricsFormat Format)[] s_tells =
    [
        (start => start.StartsWith("WEBVTT", StringComparison.Ordinal), LyricsFormats.WebVtt),
        (start => start.StartsWith('{') && start.Contains("\"schema\"", StringComparison.Ordinal), LyricsFormats.Json),
        (start => start.StartsWith('{'), LyricsFormats.VerboseJson),
        (start => start.StartsWith("<?xml", StringComparison.Ordinal) || start.StartsWith("<tt", StringComparison.Ordinal), LyricsFormats.Ttml),
        (TimeTag().IsMatch, LyricsFormats.EnhancedLrc),
        (start => start.Contains(" --> ", StringComparison.Ordinal), LyricsFormats.SubRip),
    ];

    /// <summary>Reads lyrics to see that they are some.</summary>
    /// <param name="text">As it was sent.</param>
    /// <param name="fileName">Tells the format by its end; by the text itself when null or unknown.</param>
    /// <exception cref="LyricsFormatException">They cannot be read, or hold no words.</exception>
    public static GivenLyrics Of(string text, string? fileName)
    {
        var format = LyricsFormats.All.FirstOrDefault(known => fileName?.EndsWith(known.Extension, StringComparison.OrdinalIgnoreCase) == true && known.CanRead)
            ?? FormatOf(text.TrimStart('\uFEFF').TrimStart());
        var given = new GivenLyrics(format, text);
        return given.Read().Lines.Any(line => line.Words.Count > 0)
            ? given
            : throw new LyricsFormatException(ErrorKind.Input, "lyrics_empty", "The lyrics hold no words. Send the song's words, or leave the lyrics out.");
    }

    /// <summary>Where they lie in the store, or would.</summary>
    public string Key => ContentKey.Of(StoreFolders.Given, Format.Name, Text);

    public LyricsDocument Read() => Format.Read(Text);

    public async Task StoreAsync(IContentStore store, CancellationToken ct)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(Text));
        var tags = new Dictionary<string, string> { [FormatTag] = Format.Name };
        await store.PutAsync(Key, bytes, new ContentDescription(Format.MediaType) { Tags = tags }, ct);
    }

    /// <summary>Lyrics from the store, read; null when they are no longer there.</summary>
    public static async Task<LyricsDocument?> ReadAsync(IContentStore store, string key, CancellationToken ct)
    {
        if (await store.OpenAsync(key, ct) is not { } reading)
            return null;
        await using var open = reading;
        using var reader = new StreamReader(reading.Stream, Encoding.UTF8);
        return LyricsFormats.Named(reading.Content.Description.Tags[FormatTag]).Read(await reader.ReadToEndAsync(ct));
    }

    // Headings such as [Verse 1: Anna] are none.
    [GeneratedRegex(@"^\s*\[\d+:\d", RegexOptions.Multiline)]
    private static partial Regex TimeTag();

    private static ILyricsFormat FormatOf(string text)
    {
        var start = text[..Math.Min(text.Length, 400)];
        return s_tells.FirstOrDefault(tell => tell.Looks(start)).Format ?? LyricsFormats.PlainText;
    }
}
