namespace Libretto.Tools;

/// <summary>Where the outside programs lie, when not where the search path finds them.</summary>
public sealed record ToolPaths
{
    /// <summary>Path or name of ffmpeg; null (the default) searches the path.</summary>
    public string? Ffmpeg { get; init; }

    /// <summary>Path or name of ffprobe; null (the default) looks beside a given ffmpeg, then searches the path.</summary>
    public string? Ffprobe { get; init; }

    /// <summary>Path or name of yt-dlp; null (the default) searches the path.</summary>
    public string? YtDlp { get; init; }
}
