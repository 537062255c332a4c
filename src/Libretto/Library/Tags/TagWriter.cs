using System.Runtime.Versioning;
using Libretto.Library.Files;
using Libretto.Lyrics;
using Libretto.Output;
using TagLib;
using TagLib.Id3v2;

namespace Libretto.Library.Tags;

/// <summary>
/// Writes lyrics into a song's tags, by TagLibSharp: into a copy that takes the file's place when it is whole. The sound, the file's times
/// and its permissions stay as they are.
/// </summary>
internal static class TagWriter
{
    /// <summary>How ID3 calls a language that is not known.</summary>
    private const string NoLanguage = "XXX";

    private static readonly string[] s_kinds = ["mp3", "aac", "flac", "ogg", "opus", "m4a", "wav", "aiff", "wv", "ape", "mpc", "wma"];

    /// <summary>Whether a kind of file has a place for lyrics.</summary>
    public static bool Writes(string kind) => s_kinds.Contains(kind);

    /// <summary>Writes lyrics into a file's tags.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is, as <see cref="AudioSignature"/> says.</param>
    /// <param name="document">The lyrics.</param>
    /// <param name="wanted">What of them.</param>
    /// <param name="placing">Told when the copy is whole and about to take the file's place.</param>
    /// <exception cref="OutputException">The disk is full, the folder cannot be written, or the file changed meanwhile.</exception>
    public static void Write(string path, string kind, LyricsDocument document, TagLyrics wanted, Action<string, string> placing)
    {
        // A link's file is replaced where it lies, not the link.
        var target = RealPath.Of(path) ?? path;
        var temporary = ResultFiles.TemporaryName(target);
        try
        {
            var before = new FileInfo(target);
            var (length, modified, accessed) = (before.Length, before.LastWriteTimeUtc, before.LastAccessTimeUtc);
            System.IO.File.Copy(target, temporary);
            if (!OperatingSystem.IsWindows())
                CopyMode(target, temporary, writable: true);
            using (var file = TagReader.Open(new TagLib.File.LocalFileAbstraction(temporary), kind, ReadStyle.None))
            {
                Set(file, kind, document, wanted);
                file.Save();
            }
            using (var whole = new FileStream(temporary, FileMode.Open, FileAccess.Write))
                whole.Flush(flushToDisk: true);
            before.Refresh();
            if (before.Length != length || before.LastWriteTimeUtc != modified)
                throw new IOException("it was changed by another program meanwhile.");
            if (!OperatingSystem.IsWindows())
                CopyMode(target, temporary, writable: false);
            System.IO.File.SetLastWriteTimeUtc(temporary, modified);
            System.IO.File.SetLastAccessTimeUtc(temporary, accessed);
            placing(temporary, target);
            System.IO.File.Move(temporary, target, overwrite: true);
        }
        catch (CorruptFileException e)
        {
            throw OutputException.CannotTag(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputException.CannotWrite(path, e);
        }
        finally
        {
            System.IO.File.Delete(temporary);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void CopyMode(string from, string to, bool writable) => System.IO.File.SetUnixFileMode(
        to, System.IO.File.GetUnixFileMode(from) | (writable ? UnixFileMode.UserWrite | UnixFileMode.UserRead : 0));

    private static void Set(TagLib.File file, string kind, LyricsDocument document, TagLyrics wanted)
    {
        var plain = LyricsFormats.PlainText.Write(document).TrimEnd('\n');
        var text = wanted == TagLyrics.Synced ? LyricsFormats.Lrc.Write(document).TrimEnd('\n') : plain;
        switch (kind)
        {
            case "mp3" or "aac" or "wav" or "aiff":
                SetId3((TagLib.Id3v2.Tag)file.GetTag(TagTypes.Id3v2, create: true), document, plain, wanted);
                break;
            case "flac" or "ogg" or "opus":
                SetComments((TagLib.Ogg.XiphComment)file.GetTag(TagTypes.Xiph, create: true), plain, text);
                break;
            default:
                // MP4's \u00A9lyr, APE's and ASF's Lyrics.
                file.Tag.Lyrics = text;
                break;
        }
    }

    /// <summary>USLT holds the words, SYLT when each line begins, in milliseconds.</summary>
    private static void SetId3(TagLib.Id3v2.Tag tag, LyricsDocument document, string plain, TagLyrics wanted)
    {
        var language = Languages.Iso6392(document.Language) ?? NoLanguage;
        var words = UnsynchronisedLyricsFrame.Get(tag, "", language, create: true);
        words.TextEncoding = StringType.UTF16;
        words.Text = plain;
        if (wanted != TagLyrics.Synced)
            return;
        foreach (var old in tag.GetFrames<SynchronisedLyricsFrame>().Where(frame => frame.Type == SynchedTextType.Lyrics).ToList())
            tag.RemoveFrame(old);
        var timed = SynchronisedLyricsFrame.Get(tag, "", language, SynchedTextType.Lyrics, create: true);
        timed.TextEncoding = StringType.UTF16;
        timed.Format = TimestampFormat.AbsoluteMilliseconds;
        timed.Text = [.. document.Lines.Where(line => line.Sung != false && line.Words.Count > 0)
            .Select(line => new SynchedText(Milliseconds.From(line.Start), line.Text))];
    }

    /// <summary>LYRICS is what players read, as LRC where the times are wanted; UNSYNCEDLYRICS is what others look for.</summary>
    private static void SetComments(TagLib.Ogg.XiphComment comments, string plain, string text)
    {
        comments.SetField("LYRICS", text);
        if (text != plain && comments.GetField("UNSYNCEDLYRICS").Length == 0)
            comments.SetField("UNSYNCEDLYRICS", plain);
    }
}
