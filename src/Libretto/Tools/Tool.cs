namespace Libretto.Tools;

/// <summary>An outside program that Libretto runs.</summary>
public sealed record Tool
{
    private Tool(string name, string versionArgument)
    {
        Name = name;
        VersionArgument = versionArgument;
    }

    /// <summary>Decodes and encodes audio.</summary>
    public static Tool Ffmpeg { get; } = new("ffmpeg", "-version") { InterruptedExitCode = 255 };

    /// <summary>Says what a file holds; comes with ffmpeg.</summary>
    public static Tool Ffprobe { get; } = new("ffprobe", "-version") { InterruptedExitCode = 255, Package = "ffmpeg" };

    /// <summary>Fetches the audio of a link.</summary>
    public static Tool YtDlp { get; } = new("yt-dlp", "--version") { MostMemory = 1L << 30 };

    /// <summary>Finds fonts; part of fontconfig.</summary>
    public static Tool FcMatch { get; } = new("fc-match", "--version") { Package = "fontconfig" };

    /// <summary>Says how Japanese is read.</summary>
    public static Tool Mecab { get; } = new("mecab", "--version") { Package = "mecab mecab-ipadic-utf8" };

    /// <summary>Every program Libretto may run.</summary>
    public static IReadOnlyList<Tool> All { get; } = [Ffmpeg, Ffprobe, YtDlp, FcMatch, Mecab];

    /// <summary>The program's name, as typed in a terminal.</summary>
    public string Name { get; }

    internal string VersionArgument { get; }

    /// <summary>The most memory it may take, bytes: several times what the heaviest honest song or film needs.</summary>
    internal long MostMemory { get; init; } = 2L << 30;

    /// <summary>What package managers call it.</summary>
    internal string Package { get => field ?? Name; init; }

    /// <summary>The exit code of a program that catches a signal and ends tidily, if it has one of its own.</summary>
    internal int? InterruptedExitCode { get; init; }

    /// <summary>For a program of the tests' own.</summary>
    internal static Tool Other(string name, long? mostMemory = null) =>
        mostMemory is { } most ? new(name, "--version") { MostMemory = most } : new(name, "--version");
}
