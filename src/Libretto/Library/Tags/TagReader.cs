using System.Globalization;
using System.Text;
using Libretto.Library.Files;
using TagLib;
using TagLib.Id3v2;

namespace Libretto.Library.Tags;

/// <summary>Reads the tags of a song in this process, by TagLibSharp: cheap enough for ten thousand.</summary>
internal static class TagReader
{
    // The fields of Vorbis comments and of APE tags in which programs keep lyrics.
    private static readonly string[] s_fields = ["SYNCEDLYRICS", "LYRICS", "UNSYNCEDLYRICS", "UNSYNCED LYRICS"];

    /// <summary>Reads what a file says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is, as <see cref="AudioSignature"/> says.</param>
    /// <exception cref="CorruptFileException">It is damaged, or its kind has no tags that are known.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SongTags Read(string path, string kind) => Guarded(() =>
    {
        using var file = Open(new ReadOnlyFile(path), kind, ReadStyle.Average | ReadStyle.PictureLazy);
        var tag = file.Tag;
        return new SongTags(file.Properties?.Duration.TotalSeconds ?? 0)
        {
            Title = Text(tag.Title),
            Artist = Text(tag.JoinedPerformers) ?? Text(tag.JoinedAlbumArtists),
            Album = Text(tag.Album),
            HasVideo = file.Properties?.MediaTypes.HasFlag(MediaTypes.Video) == true,
            Lyrics = [.. LyricsOf(file).Distinct()],
        };
    });

    /// <summary>Opens a file by what it is and not by what it is called.</summary>
    public static TagLib.File Open(TagLib.File.IFileAbstraction file, string kind, ReadStyle style) => Guarded(() => kind switch
    {
        "dsf" or "tta" or "caf" or "other" => throw new CorruptFileException($"{kind} has no tags that are known."),
        _ => TagLib.File.Create(file, $"taglib/{(kind == "mka" ? "mkv" : kind == "opus" ? "ogg" : kind)}", style),
    });

    /// <summary>Damage makes the package fail in many ways, which are made one.</summary>
    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is UnsupportedFormatException or ArgumentException or IndexOutOfRangeException or OverflowException
            or NullReferenceException or InvalidOperationException or FormatException or InvalidCastException or NotImplementedException
            or KeyNotFoundException or DivideByZeroException)
        {
            throw new CorruptFileException(e.Message, e);
        }
    }

    private static IEnumerable<string> LyricsOf(TagLib.File file)
    {
        if (file.GetTag(TagTypes.Id3v2) is TagLib.Id3v2.Tag id3)
            foreach (var frame in id3.GetFrames<SynchronisedLyricsFrame>())
                if (frame.Format == TimestampFormat.AbsoluteMilliseconds && Lrc(frame) is { } timed &&
                    frame.Type is SynchedTextType.Lyrics or SynchedTextType.TextTranscription)
                    yield return timed;
        if (file.GetTag(TagTypes.Xiph) is TagLib.Ogg.XiphComment comments)
            foreach (var text in s_fields.SelectMany(comments.GetField).Select(Text).OfType<string>())
                yield return text;
        if (file.GetTag(TagTypes.Ape) is TagLib.Ape.Tag ape)
            foreach (var text in s_fields.Select(field => Text(ape.GetItem(field)?.ToString())).OfType<string>())
                yield return text;
        if (Text(file.Tag.Lyrics) is { } lyrics)
            yield return lyrics;
    }

    /// <summary>
    /// Lines as LRC. A frame's texts are lines, or words and syllables of which those that begin a line say so by a line feed.
    /// </summary>
    private static string? Lrc(SynchronisedLyricsFrame frame)
    {
        var texts = frame.Text.Where(text => text.Text is not null).OrderBy(text => text.Time).ToList();
        if (texts.Count == 0)
            return null;
        var lines = texts.Count(text => text.Text.StartsWith('\n') || text.Text.EndsWith('\n'));
        var inWords = lines > 0 && lines < texts.Count;
        var lrc = new StringBuilder();
        var begins = true;
        foreach (var text in texts)
        {
            var words = text.Text.Replace("\r", "", StringComparison.Ordinal);
            begins |= !inWords || words.StartsWith('\n');
            var time = Tag(text.Time);
            if (begins)
                lrc.Append('\n').Append('[').Append(time).Append(']');
            if (inWords)
                lrc.Append('<').Append(time).Append('>');
            lrc.Append(words.Trim('\n').Replace('\n', ' '));
            begins = words.EndsWith('\n');
        }
        return lrc.ToString();
    }

    private static string Tag(long milliseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{milliseconds / 60_000:00}:{milliseconds / 1000 % 60:00}.{milliseconds % 1000:000}");

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    /// <summary>A file that nothing can be written to by mistake.</summary>
    private sealed class ReadOnlyFile(string path) : TagLib.File.IFileAbstraction
    {
        public string Name => path;

        public Stream ReadStream => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        public Stream WriteStream => throw new NotSupportedException();

        public void CloseStream(Stream stream) => stream.Dispose();
    }
}
