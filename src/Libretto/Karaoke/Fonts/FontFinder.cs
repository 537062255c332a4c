using System.Globalization;
using System.Text;
using Libretto.Lyrics;
using Libretto.Tools;
using SkiaSharp;

namespace Libretto.Karaoke.Fonts;

/// <summary>
/// Finds fonts for what is to be shown, by fontconfig: a bold sans-serif that holds as many of its letters as one can, then others for
/// the rest. A letter that no font holds is an error that names the package; a symbol that none holds is left to the renderer.
/// </summary>
internal sealed class FontFinder(ToolRunner tools)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    // Scripts in one song beyond a few are rare; each further font is for the letters that those before it lack.
    private const int MostFonts = 8;

    // Asked for by their numbers, on a command line.
    private const int MostAsked = 400;

    /// <summary>The fonts for some texts; the caller disposes of them.</summary>
    /// <param name="texts">All that will be shown.</param>
    /// <param name="cancellationToken">Ends fontconfig's program at once.</param>
    /// <exception cref="KaraokeException">No font holds a letter.</exception>
    /// <exception cref="ToolException">fontconfig is not installed.</exception>
    public async Task<FontSet> FindAsync(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        var wanted = texts.SelectMany(text => text.EnumerateRunes()).Where(IsVisible).ToHashSet();
        var fonts = new List<Font>();
        try
        {
            var missing = wanted;
            while (fonts.Count == 0 || (missing.Count > 0 && fonts.Count < MostFonts))
            {
                if (await MatchAsync(missing, cancellationToken) is not { } font)
                    break;
                var left = missing.Where(rune => !font.Has(rune)).ToHashSet();
                // A font that adds nothing is fontconfig's way to say that there is none.
                if (fonts.Count > 0 && left.Count == missing.Count)
                {
                    font.Dispose();
                    break;
                }
                fonts.Add(font);
                missing = left;
            }
            if (fonts.Count == 0)
                throw KaraokeException.FontMissing("Latin", "A", "fonts-dejavu-core");
            if (missing.Where(Rune.IsLetter).ToList() is [var first, ..] letters)
                throw KaraokeException.FontMissing(
                    ScriptPackages.ScriptOf(first),
                    string.Concat(letters.Where(rune => ScriptPackages.ScriptOf(rune) == ScriptPackages.ScriptOf(first)).Take(3)),
                    ScriptPackages.PackageOf(first));
            return new FontSet(fonts);
        }
        catch
        {
            foreach (var font in fonts)
                font.Dispose();
            throw;
        }
    }

    private async Task<Font?> MatchAsync(HashSet<Rune> runes, CancellationToken cancellationToken)
    {
        // Letters decide before punctuation, which many fonts of other scripts hold too.
        var asked = runes.OrderByDescending(Rune.IsLetter).ThenBy(rune => rune.Value).Take(MostAsked)
            .Select(rune => rune.Value.ToString("x", CultureInfo.InvariantCulture));
        var pattern = "sans:bold" + (runes.Count == 0 ? "" : ":charset=" + string.Join(' ', asked));
        var (said, _) = await tools.ReadTextAsync(Tool.FcMatch, ["-f", "%{file}\n%{index}\n%{family[0]}\n%{weight}\n", pattern], s_limit,
            cancellationToken);
        var lines = said.Split('\n');
        if (lines.Length < 4 || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return null;
        // The upper half of the index names a variable font's instance, which is no face of the file.
        return SKTypeface.FromFile(lines[0], index & 0xFFFF) is { } typeface ? new Font(typeface, lines[2]) : null;
    }

    private static bool IsVisible(Rune rune) => !Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune) &&
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or
            UnicodeCategory.NonSpacingMark);
}
