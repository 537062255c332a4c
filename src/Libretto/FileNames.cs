using System.Text;

namespace Libretto;

/// <summary>Names of files made of what people call things.</summary>
public static class FileNames
{
    // File systems allow 255; endings and temporary names come on top.
    private const int MostBytes = 180;

    // What some file system or shell takes for something else.
    private static readonly char[] s_forbidden = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

    /// <summary>A name, without folder and ending, made of a title, which may hold anything; every file system takes it.</summary>
    /// <param name="title">Such as a song's; one of which nothing remains becomes <c>song</c>.</param>
    public static string Of(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        var clean = string.Concat(title.Select(c => char.IsControl(c) ? ' ' : s_forbidden.Contains(c) ? '_' : c)).Trim()
            .TrimStart('.', '-', ' ').TrimEnd('.', ' ');
        while (Encoding.UTF8.GetByteCount(clean) > MostBytes)
            clean = clean[..^(char.IsLowSurrogate(clean[^1]) ? 2 : 1)];
        return clean.Length == 0 ? "song" : clean.TrimEnd('.', ' ');
    }

    /// <summary>A song's name as karaoke players and games expect it: <c>Artist - Title</c>.</summary>
    /// <param name="artist">The artist; may be empty or null.</param>
    /// <param name="title">The title; may be empty or null.</param>
    public static string OfSong(string? artist, string? title) =>
        Of(string.IsNullOrWhiteSpace(artist) ? title ?? "" : string.IsNullOrWhiteSpace(title) ? artist : $"{artist} - {title}");
}
