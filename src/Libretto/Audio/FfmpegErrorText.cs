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

    /// <summary>The same of what concerns the sound: a cover that is no picture is no damage to it. Null when nothing does.</summary>
    public static string? Damage(IReadOnlyList<string> errorLines, AudioInfo info) =>
        Reason([.. errorLines.Where(line => !IsOfPicture(line, info))], info.Path);

    private static bool IsOfPicture(string line, AudioInfo info) =>
        Picture().IsMatch(line) || info.OtherCodecs.Any(codec => line.StartsWith($"[{codec} @", StringComparison.Ordinal));

    [GeneratedRegex(@"^\[[^\]]*@ 0x[0-9a-f]+\]\s*")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\b(picture|mimetype|cover|image|APIC|\(?Video:|Last message repeated)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Picture();
}
