using System.Globalization;

namespace Libretto.Bench;

/// <summary>What the bench asks ffmpeg for.</summary>
internal static class Sound
{
    /// <summary>Length in seconds.</summary>
    public static async Task<double> DurationAsync(string file)
    {
        var run = await ProcessMeter.RunAsync("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file]);
        return double.Parse(run.Output, CultureInfo.InvariantCulture);
    }

    /// <summary>Writes 32-bit float 16 kHz mono samples without a header.</summary>
    public static Task<Measured> ToSpeechPcmAsync(string file, string target) =>
        ProcessMeter.RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", file, "-map", "0:a:0", "-ac", "1", "-ar", "16000", "-f", "f32le", target]);

    /// <summary>Writes recordings one after the other, again and again, as they are compressed already; they must be of one kind.</summary>
    public static async Task<string> RepeatAsync(string[] files, int seconds, string target)
    {
        var list = Path.ChangeExtension(target, ".txt");
        await File.WriteAllLinesAsync(list, files.Select(file => $"file '{file.Replace("'", @"'\''", StringComparison.Ordinal)}'"));
        var run = await ProcessMeter.RunAsync(
            "ffmpeg",
            ["-v", "error", "-nostdin", "-y", "-stream_loop", "-1", "-f", "concat", "-safe", "0", "-i", list, "-map", "0:a:0", "-t", $"{seconds}", "-c", "copy", target]);
        return run.ExitCode == 0 ? target : throw new InvalidOperationException($"ffmpeg ended with {run.ExitCode}: {run.Error}");
    }
}
