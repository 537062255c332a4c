using System.Text;
using CsCheck;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>Syntax of all formats in any order, and files of ours that were damaged: what a reader may meet at worst.</summary>
internal static class Soup
{
    private static readonly string[] s_pieces =
    [
        "[00:01.00]", "[99:99.99]", "[-1:00]", "<00:02.00>", "[bg:", "v1: ", "]", "[offset:+9]", "[ti:x]", "1\n", "\n\n", "00:00:01,000 --> 00:00:02,000\n", "WEBVTT\n\n",
        "-->", "<c>", "</c>", "<v Ann>", "{\\k50}", "Dialogue: 0,0:00:01.00,0:00:02.00,a,,0,0,0,,", "[Script Info]\n", "<tt>", "<p begin='1s' end='2s'>", "<span begin='1'>",
        "</span>", "</p>", "</tt>", "&", "&amp;", "{", "}", "[", "\"words\":", "\"segments\":[", "\"start\":1", "1e999", "null", ",", "\u2060", "[Verse 1]", "(Chorus)", "la", " ", "愛",
        "\uFEFF", "\0", "\r", "\t", "999999999999999999999", "NOTE\n", "lines:\n", "- text: a\n  start_ms: 1\n", "  - ", "- ", "plain: |\n", "#BPM:300\n", ": 1 2 3 la\n", "- 4\n",
        "\"schema\":\"libretto/1\",", "\"lines\":[", "{\"text\":\"la\",\"start\":1,\"end\":2},", "\"duration\":\"x\",",
    ];

    private static readonly byte[][] s_files =
    [
        .. LyricsFormats.All.Select(format => Encoding.UTF8.GetBytes(format.Write(Documents.Sample))),
        .. LyricsFormats.All.Select(format => Encoding.Unicode.GetBytes(format.Write(Documents.Sample))),
    ];

    /// <summary>Pieces of syntax in any order.</summary>
    public static Gen<string> Text { get; } = Gen.Int[0, s_pieces.Length - 1].Array[0, 40].Select(pieces => string.Concat(pieces.Select(piece => s_pieces[piece])));

    /// <summary>The same as bytes, and files of ours with pieces and any bytes put in, taken out and repeated.</summary>
    public static Gen<byte[]> Bytes { get; } = Gen.OneOf(
        Text.Select(Encoding.UTF8.GetBytes),
        Gen.Byte.Array[0, 200],
        Gen.Select(Gen.Int[0, s_files.Length - 1], Gen.Select(Gen.Double[0, 1], Gen.Int[0, 40], Gen.OneOf(Text.Select(Encoding.UTF8.GetBytes), Gen.Byte.Array[0, 6]), Gen.Int[1, 3]).Array[1, 6])
            .Select((file, damages) => damages.Aggregate(s_files[file], (bytes, damage) =>
            {
                var (where, removed, inserted, times) = damage;
                var at = (int)(where * bytes.Length);
                var rest = Math.Min(bytes.Length, at + removed);
                return [.. bytes[..at], .. Enumerable.Repeat(inserted, times).SelectMany(piece => piece), .. bytes[rest..]];
            })));

    /// <summary>Files of a size: what is at the start of one of ours, then a few pieces again and again.</summary>
    public static Gen<byte[]> Large(int size) => Gen.Select(
        Gen.OneOf(Gen.Const(Array.Empty<byte>()), Gen.Select(Gen.Int[0, s_files.Length - 1], Gen.Double[0, 1], (file, share) => s_files[file][..(int)(share * s_files[file].Length)])),
        Gen.OneOf(
            Gen.Int[0, s_pieces.Length - 1].Array[1, 4].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces.Select(piece => s_pieces[piece])))),
            Gen.Select(Gen.Int[0, s_files.Length - 1], Gen.Double[0, 1], Gen.Int[1, 200], (file, where, length) =>
            {
                var from = (int)(where * (s_files[file].Length - 1));
                return s_files[file][from..Math.Min(s_files[file].Length, from + length)];
            }),
            Gen.Byte.Array[1, 8]),
        (head, piece) =>
        {
            var bytes = new byte[size];
            head.AsSpan(0, Math.Min(size, head.Length)).CopyTo(bytes);
            for (var at = head.Length; at < size; at++)
                bytes[at] = piece[(at - head.Length) % piece.Length];
            return bytes;
        });

    /// <summary>Reads it: lawful lyrics, or the documented error, come of it.</summary>
    public static void Read(string text) => Read(() => LyricsReader.Read(text));

    /// <summary>Reads it as a file of a name.</summary>
    public static void Read(byte[] bytes, string? name) => Read(() => LyricsReader.Read(bytes, name));

    private static void Read(Func<LyricsReading> read)
    {
        try
        {
            Assert.Empty(DocumentRules.Validate(read().Document));
        }
        catch (LyricsFormatException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }
}
