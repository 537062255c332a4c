using Libretto.Tools;

namespace Libretto.Karaoke;

/// <summary>What ffmpeg may have been built without: said before the work, in words of ours, rather than after it in ffmpeg's.</summary>
internal sealed class FfmpegParts(ToolRunner tools)
{
    public static FfmpegPart Letters { get; } = new("-filters", "ass", "libass", "draws the words");

    public static FfmpegPart Video { get; } = new("-encoders", "libx264", "libx264", "writes the video");

    public static FfmpegPart Mp3 { get; } = new("-encoders", "libmp3lame", "libmp3lame", "writes MP3");

    public static FfmpegPart Opus { get; } = new("-encoders", "libopus", "libopus", "writes the sounds of the HTML file");

    /// <summary>Looks for parts.</summary>
    /// <exception cref="KaraokeException">One is missing.</exception>
    /// <exception cref="ToolException">ffmpeg itself is.</exception>
    public async Task RequireAsync(IEnumerable<FfmpegPart> parts, CancellationToken cancellationToken)
    {
        foreach (var list in parts.Distinct().GroupBy(part => part.List))
        {
            var (said, _) = await tools.ReadTextAsync(
                Tool.Ffmpeg, ["-hide_banner", "-v", "error", list.Key], TimeSpan.FromMinutes(1), cancellationToken);
            if (list.FirstOrDefault(part => !said.Contains($" {part.Name} ", StringComparison.Ordinal)) is { } missing)
                throw KaraokeException.FfmpegLacks(missing.Library, missing.Use);
        }
    }
}

/// <summary>A part of ffmpeg.</summary>
/// <param name="List">ffmpeg's option that lists its like.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Library">What ffmpeg is built with to have it.</param>
/// <param name="Use">What it does here.</param>
internal sealed record FfmpegPart(string List, string Name, string Library, string Use);
