namespace Libretto.Karaoke.Video;

/// <summary>What stands behind the words.</summary>
public enum VideoBackgroundKind
{
    /// <summary>The file's cover, blurred and darkened; a gradient where it has none.</summary>
    Auto,

    /// <summary>One colour.</summary>
    Color,

    /// <summary>A gradient from one colour to another, from the top down.</summary>
    Gradient,

    /// <summary>A picture, or a video without its sound, again and again; cut to the screen and darkened.</summary>
    File,
}

/// <summary>How a karaoke video looks.</summary>
public sealed record VideoOptions
{
    /// <summary>720 (the default) or 1080 rows; 1280 or 1920 columns then.</summary>
    public int Height { get; init; } = 720;

    /// <summary>What stands behind the words.</summary>
    public VideoBackgroundKind Background { get; init; } = VideoBackgroundKind.Auto;

    /// <summary>The colour, as <c>#rrggbb</c>, of a background of one; the upper of a gradient.</summary>
    public string Color { get; init; } = "#1b2a41";

    /// <summary>The lower colour of a gradient.</summary>
    public string LowerColor { get; init; } = "#0b0f19";

    /// <summary>The picture or the video; null for the others.</summary>
    public string? File { get; init; }

    /// <summary>An .ass file whose styles are taken; null for Libretto's own.</summary>
    public string? StyleFile { get; init; }

    /// <summary>Columns of the picture.</summary>
    internal int Width => Height * 16 / 9;
}
