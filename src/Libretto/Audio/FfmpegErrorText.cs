using System.Text.RegularExpressions;

namespace Libretto.Audio;

/// <summary>Makes what ffmpeg says fit for a sentence.</summary>
internal static partial class FfmpegErrorText
{
    /// <summary>Its last line without the file's own name and without addresses in memory; null when it said nothing.</summary>
    public static string? Reason(IReadOnlyList<string> errorLines, string path)
    {
        if (errorLines.Count == 0)
            return null;
        var line = errorLines[^1].Replace($"file:{Path.GetFullPath(path)}: ", "", StringComparison.Ordinal);
        return Prefix().Replace(line, "").TrimEnd('.', ' ');
    }

    [GeneratedRegex(@"^\[[^\]]*@ 0x[0-9a-f]+\]\s*")]
    private static partial Regex Prefix();
}
