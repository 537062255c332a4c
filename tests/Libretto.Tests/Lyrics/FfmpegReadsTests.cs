using System.Diagnostics;
using Libretto.Lyrics;
using Libretto.Tests.Support;

namespace Libretto.Tests.Lyrics;

/// <summary>The subtitles as a program that is not ours sees them.</summary>
public class FfmpegReadsTests
{
    [Theory]
    [InlineData("srt", 0.0015)]
    [InlineData("vtt", 0.0015)]
    [InlineData("ass", 0.0101)]
    public void Ffmpeg_reads_the_same_cues(string name, double tolerance)
    {
        using var folder = new ScratchFolder();
        var format = LyricsFormats.Named(name);
        var file = folder["song" + format.Extension];
        File.WriteAllText(file, format.Write(Documents.Sample));

        var read = LyricsFormats.SubRip.Read(Ffmpeg("-v", "error", "-i", file, "-f", "srt", "-"));

        var lines = Documents.Sample.Lines.Where(line => line.Sung != false).ToList();
        Assert.Equal(lines.Count, read.Lines.Count);
        Assert.All(lines.Zip(read.Lines), pair =>
        {
            Assert.Equal(pair.First.Start, pair.Second.Start, tolerance);
            Assert.Equal(pair.First.End, pair.Second.End, tolerance);
        });
        Assert.Equal("Hello again, <3", read.Lines[0].Text);
        Assert.Equal(lines[2].Text, read.Lines[2].Text);
        foreach (var word in new[] { "R&B", "00:12.34" })
            Assert.Contains(word, read.Lines[1].Text, StringComparison.Ordinal);
        // Braces are plain text in WebVTT, but ffmpeg takes them for its own codes on the way to SubRip.
        if (name != "vtt")
            Assert.Contains("an8", read.Lines[1].Text, StringComparison.Ordinal);
    }

    /// <summary>Runs ffmpeg and returns what it prints; any word of complaint fails the test.</summary>
    private static string Ffmpeg(params string[] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("ffmpeg is not installed");
        }
        using (process)
        {
            var errors = process!.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal("", errors.GetAwaiter().GetResult());
            Assert.Equal(0, process.ExitCode);
            return output;
        }
    }
}
