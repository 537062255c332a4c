using System.Diagnostics;

namespace Libretto.Tests.Support;

/// <summary>The project's own songs, cut for the tests.</summary>
internal static class Samples
{
    /// <summary>Where in the song these begin, in seconds.</summary>
    public const int TwoLinesFrom = 2;

    private static readonly Lazy<string> Cut = new(MakeTwoLines);

    /// <summary>
    /// Eleven seconds of 16 kHz mono WAV that every engine understands: "Morning light is on the water and the birds begin to sing".
    /// </summary>
    public static string TwoLines => Cut.Value;

    // Beside the tests, made once; another process may be making it too.
    private static string MakeTwoLines()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "two-lines.wav");
        if (File.Exists(path))
            return path;
        var making = Path.Combine(AppContext.BaseDirectory, $"{Guid.NewGuid():N}.wav");
        var sample = Repository.File("samples", "morning-light.ogg");
        using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-i", sample, "-ss", $"{TwoLinesFrom}", "-t", "11", "-ar", "16000", "-ac", "1", making]);
        ffmpeg.WaitForExit();
        Assert.Equal(0, ffmpeg.ExitCode);
        File.Move(making, path, overwrite: true);
        return path;
    }
}
