using System.Diagnostics;
using Libretto.Lyrics;

namespace Libretto.Tests.Karaoke;

/// <summary>A video as ffmpeg decodes it, which is not ours: how much of each frame has the colour of what is sung.</summary>
internal static class Frames
{
    public const int Rate = 30;

    /// <summary>Words with pauses between them, in lines of a few, some of two syllables.</summary>
    public static LyricsDocument Song(double from = 2, int lines = 4) => new()
    {
        Title = "Frames", Artist = "Tests", Language = "en", Duration = from + lines * 4 + 2,
        Lines =
        [
            .. Enumerable.Range(0, lines).Select(line => LyricsLine.Of(
            [
                .. new[] { "under", "the", "wide", "moon" }.Select((text, word) =>
                    new LyricsWord(text, Milliseconds.Round(from + line * 4 + word * 0.9), Milliseconds.Round(from + line * 4 + word * 0.9 + 0.5))),
            ])),
        ],
    };

    /// <summary>Points of the colour of what is sung, frame by frame, thirty a second.</summary>
    /// <param name="video">A file.</param>
    /// <param name="width">Its width, points.</param>
    /// <param name="height">Its height.</param>
    /// <param name="isSung">Tells the colour by red, green and blue.</param>
    /// <param name="left">Where the part that is looked at begins, points from the left.</param>
    public static List<int> Count(string video, int width, int height, Func<byte, byte, byte, bool> isSung, int left = 0)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-i", video, "-map", "0:v", "-vf", $"crop={width}:{height}:{left}:0,fps={Rate}", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var frame = new byte[width * height * 3];
        var counts = new List<int>();
        while (process.StandardOutput.BaseStream.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            var count = 0;
            for (var i = 0; i < frame.Length; i += 3)
                if (isSung(frame[i], frame[i + 1], frame[i + 2]))
                    count++;
            counts.Add(count);
        }
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return counts;
    }

    /// <summary>Each word begins to change its colour within two frames of its time, not before, and is done within two frames of its end.</summary>
    public static void AssertInTime(LyricsDocument song, List<int> counts)
    {
        foreach (var line in song.Lines)
        {
            foreach (var word in line.Words)
            {
                var (first, last) = ((int)Math.Floor(word.Start * Rate), (int)Math.Ceiling(word.End * Rate));
                // Compressed edges come and go by a few points.
                var before = counts[first - 1];
                Assert.True(Math.Abs(before - counts[first - 3]) <= 12 + before / 50, $"'{word.Text}' at {word.Start} s began before its time: {counts[first - 3]}, {before}");
                Assert.True(counts[first + 3] > before + 12, $"'{word.Text}' at {word.Start} s did not begin in time: {before}, then {counts[first + 3]}");
                Assert.True(counts[last + 3] <= counts[last + 2] * 1.03 + 12, $"'{word.Text}' was not sung at its end, {word.End} s");
            }
        }
    }
}
