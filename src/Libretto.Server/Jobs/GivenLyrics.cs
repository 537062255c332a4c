using System.Text;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>Lyrics that came with a song, in any format and encoding: read when they come, kept as they were sent.</summary>
/// <param name="Format">Their format.</param>
/// <param name="Bytes">As they were sent.</param>
internal sealed record GivenLyrics(ILyricsFormat Format, byte[] Bytes)
{
    private const string FormatTag = "format";

    /// <summary>Reads lyrics to see that they are some.</summary>
    /// <param name="bytes">As they were sent.</param>
    /// <param name="fileName">Their file's name; null when they have none.</param>
    /// <exception cref="LyricsFormatException">They cannot be read, or hold no words.</exception>
    public static GivenLyrics Of(byte[] bytes, string? fileName) =>
        new(LyricsReader.WithWords(LyricsReader.Read(bytes, fileName)).Format, bytes);

    /// <summary>The same for lyrics that came as text.</summary>
    public static GivenLyrics Of(string text, string? fileName) => Of(Encoding.UTF8.GetBytes(text), fileName);

    /// <summary>Where they lie in the store, or would.</summary>
    public string Key => ContentKey.Of(StoreFolders.Given, Format.Name, Convert.ToBase64String(Bytes));

    public async Task StoreAsync(IContentStore store, CancellationToken ct)
    {
        using var bytes = new MemoryStream(Bytes);
        var tags = new Dictionary<string, string> { [FormatTag] = Format.Name };
        await store.PutAsync(Key, bytes, new ContentDescription(Format.MediaType) { Tags = tags }, ct);
    }

    /// <summary>Lyrics from the store, read; null when they are no longer there.</summary>
    public static async Task<LyricsReading?> ReadAsync(IContentStore store, string key, CancellationToken ct)
    {
        if (await store.OpenAsync(key, ct) is not { } reading)
            return null;
        await using var open = reading;
        using var bytes = new MemoryStream();
        await reading.Stream.CopyToAsync(bytes, ct);
        return LyricsReader.Read(bytes.ToArray(), "given" + LyricsFormats.Named(reading.Content.Description.Tags[FormatTag]).Extension);
    }
}
