using System.Text;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Karaoke.Fonts;

/// <summary>Scripts by their letters, and the Debian package with a font for each.</summary>
internal static class ScriptPackages
{
    private const string Everything = "fonts-noto-core";

    private static readonly (int First, int Last, string Script, string Package)[] s_scripts =
    [
        (0x0041, 0x024F, "Latin", "fonts-dejavu-core"),
        (0x0370, 0x03FF, "Greek", "fonts-dejavu-core"),
        (0x0400, 0x052F, "Cyrillic", "fonts-dejavu-core"),
        (0x0530, 0x058F, "Armenian", "fonts-dejavu-core"),
        (0x0590, 0x05FF, "Hebrew", Everything),
        (0x0600, 0x077F, "Arabic", Everything),
        (0x08A0, 0x08FF, "Arabic", Everything),
        (0xFB50, 0xFDFF, "Arabic", Everything),
        (0xFE70, 0xFEFF, "Arabic", Everything),
        (0x0900, 0x097F, "Devanagari", Everything),
        (0x0980, 0x09FF, "Bengali", Everything),
        (0x0A00, 0x0A7F, "Gurmukhi", Everything),
        (0x0A80, 0x0AFF, "Gujarati", Everything),
        (0x0B80, 0x0BFF, "Tamil", Everything),
        (0x0C00, 0x0C7F, "Telugu", Everything),
        (0x0C80, 0x0CFF, "Kannada", Everything),
        (0x0D00, 0x0D7F, "Malayalam", Everything),
        (0x0E00, 0x0E7F, "Thai", Everything),
        (0x0E80, 0x0EFF, "Lao", Everything),
        (0x0F00, 0x0FFF, "Tibetan", Everything),
        (0x1000, 0x109F, "Burmese", Everything),
        (0x10A0, 0x10FF, "Georgian", "fonts-dejavu-core"),
        (0x1100, 0x11FF, "Korean", "fonts-noto-cjk"),
        (0x1780, 0x17FF, "Khmer", Everything),
        (0x1E00, 0x1EFF, "Latin", "fonts-dejavu-core"),
        (0x1F00, 0x1FFF, "Greek", "fonts-dejavu-core"),
        (0x3040, 0x30FF, "Japanese", "fonts-noto-cjk"),
        (0xAC00, 0xD7A3, "Korean", "fonts-noto-cjk"),
    ];

    /// <summary>What people call the script of a letter.</summary>
    public static string ScriptOf(Rune letter) =>
        Find(letter)?.Script ?? (Scripts.IsIdeographOrKana(letter) ? "Chinese or Japanese" : $"U+{letter.Value:X4}");

    /// <summary>The package to install for it.</summary>
    public static string PackageOf(Rune letter) =>
        Find(letter)?.Package ?? (Scripts.IsIdeographOrKana(letter) ? "fonts-noto-cjk" : "fonts-noto-core fonts-noto-extra");

    private static (string Script, string Package)? Find(Rune letter)
    {
        foreach (var (first, last, script, package) in s_scripts)
            if (letter.Value >= first && letter.Value <= last)
                return (script, package);
        return null;
    }
}
