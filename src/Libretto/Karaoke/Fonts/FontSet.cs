using System.Text;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace Libretto.Karaoke.Fonts;

/// <summary>A font's face and the name that libass finds it by.</summary>
internal sealed record Font(SKTypeface Typeface, string Family) : IDisposable
{
    private readonly SKFont _glyphs = new(Typeface);
    private SKShaper? _shaper;

    /// <summary>Whether it has a letter.</summary>
    public bool Has(Rune letter) => _glyphs.ContainsGlyph(letter.Value);

    /// <summary>Joins and places its letters as their script wants it.</summary>
    public SKShaper Shaper => _shaper ??= new SKShaper(Typeface);

    public void Dispose()
    {
        _shaper?.Dispose();
        _glyphs.Dispose();
        Typeface.Dispose();
    }
}

/// <summary>Fonts that together hold what is shown, the most used first. For one thread at a time.</summary>
internal sealed class FontSet(IReadOnlyList<Font> fonts) : IDisposable
{
    /// <summary>The name of the first, which shows all it can.</summary>
    public string Family => fonts[0].Family;

    /// <summary>How wide a text is, in units of the font's size.</summary>
    public float Width(string text, float size)
    {
        var width = 0f;
        foreach (var (part, font) in Runs(text))
        {
            using var sized = new SKFont(font.Typeface, size);
            width += font.Shaper.Shape(part, sized).Width;
        }
        return width;
    }

    /// <summary>Draws a text in one direction, left to right or right to left as its letters say.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="text">A word, or words of one direction.</param>
    /// <param name="x">Its left edge.</param>
    /// <param name="baseline">The line it stands on.</param>
    /// <param name="size">The font's size.</param>
    /// <param name="paint">How.</param>
    public void Draw(SKCanvas canvas, string text, float x, float baseline, float size, SKPaint paint)
    {
        foreach (var (part, font) in Runs(text))
        {
            using var sized = new SKFont(font.Typeface, size) { Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.Full };
            canvas.DrawShapedText(font.Shaper, part, x, baseline, SKTextAlign.Left, sized, paint);
            x += font.Shaper.Shape(part, sized).Width;
        }
    }

    /// <summary>How far the fonts reach above and below the line, in units of the size; both positive.</summary>
    public (float Above, float Below) Extent(float size)
    {
        var (above, below) = (0f, 0f);
        foreach (var font in fonts)
        {
            using var sized = new SKFont(font.Typeface, size);
            above = Math.Max(above, -sized.Metrics.Ascent);
            below = Math.Max(below, sized.Metrics.Descent);
        }
        return (above, below);
    }

    public void Dispose()
    {
        foreach (var font in fonts)
            font.Dispose();
    }

    /// <summary>The text in runs of one font each; what combines with a letter stays with it.</summary>
    private IEnumerable<(string Text, Font Font)> Runs(string text)
    {
        var run = new StringBuilder();
        Font? current = null;
        foreach (var rune in text.EnumerateRunes())
        {
            var font = current is not null && (current.Has(rune) || IsMark(rune))
                ? current
                : fonts.FirstOrDefault(each => each.Has(rune)) ?? current ?? fonts[0];
            if (current is not null && font != current)
            {
                yield return (run.ToString(), current);
                run.Clear();
            }
            current = font;
            run.Append(rune);
        }
        if (current is not null)
            yield return (run.ToString(), current);
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark or
        System.Globalization.UnicodeCategory.Format;
}
