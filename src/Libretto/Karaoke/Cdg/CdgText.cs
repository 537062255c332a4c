using System.Globalization;
using System.Text;
using Libretto.Karaoke.Fonts;
using Libretto.Karaoke.Layout;
using SkiaSharp;

namespace Libretto.Karaoke.Cdg;

/// <summary>A drawn text as shades, and which columns of points each of its pieces takes.</summary>
/// <param name="Shades">0 (nothing) to <see cref="CdgColors.Shades"/>, row by row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Spans">The first column of each piece and the one after its last, in the order they are sung.</param>
internal sealed record CdgPicture(byte[] Shades, int Width, int Height, IReadOnlyList<(int From, int To)> Spans);

/// <summary>Draws texts for CD+G by real fonts, in as few shades as it has colours for.</summary>
internal sealed class CdgText(FontSet fonts)
{
    /// <summary>The size of lines.</summary>
    public const float LineSize = 22;

    /// <summary>A line takes as many rows of tiles; most need two.</summary>
    public const int LineTileRows = 3;

    /// <summary>The room for a line, points.</summary>
    public const int Widest = CdgScreen.SeenColumns * CdgScreen.TileWidth - 8;

    private const int Screen = CdgScreen.SeenColumns * CdgScreen.TileWidth;
    private const int LineHeight = LineTileRows * CdgScreen.TileHeight;

    /// <summary>How wide a text is as a line.</summary>
    public double Width(string text) => fonts.Width(text, SizeOf(LineSize));

    /// <summary>A line in the middle of the screen's width.</summary>
    public CdgPicture Draw(DisplayLine line)
    {
        var size = SizeOf(LineSize);
        var widths = line.Pieces.Select((piece, i) => (Gap: i == 0 ? 0 : fonts.Width(piece.Gap, size), Text: fonts.Width(piece.Text, size)))
            .ToArray();
        var total = widths.Sum(width => width.Gap + width.Text);
        // A word that is wider than the screen is drawn narrower.
        var scale = Math.Min(1, Screen / total);
        using var canvas = new Canvas(Screen, LineHeight);
        var baseline = BaselineOf(line.Text, size);
        canvas.Skia.Translate((Screen - total * scale) / 2, 0);
        canvas.Skia.Scale(scale, 1);
        var spans = new List<(int, int)>();
        var x = line.IsRightToLeft ? total : 0;
        for (var i = 0; i < widths.Length; i++)
        {
            var left = line.IsRightToLeft ? x - widths[i].Gap - widths[i].Text : x + widths[i].Gap;
            fonts.Draw(canvas.Skia, line.Pieces[i].Text, left, baseline, size, canvas.White);
            var from = (Screen - total * scale) / 2 + left * scale;
            spans.Add((LeftEdge(line, i, from), RightEdge(line, i, from + widths[i].Text * scale)));
            x = line.IsRightToLeft ? left : left + widths[i].Text;
        }
        return canvas.ToPicture(spans);
    }

    /// <summary>Texts under each other, in the middle of the screen: a title page.</summary>
    /// <param name="texts">Each and its size; what is too wide goes on in the next line.</param>
    public CdgPicture DrawPage(IEnumerable<(string Text, float Size)> texts)
    {
        var lines = texts.SelectMany(text => Wrap(text.Text, SizeOf(text.Size)).Select(line => (Text: line, Size: SizeOf(text.Size))))
            .ToList();
        var heights = lines.Select(line => fonts.Extent(line.Size)).Select(extent => extent.Above + extent.Below + 4).ToArray();
        const int Height = CdgScreen.SeenRows * CdgScreen.TileHeight;
        using var canvas = new Canvas(Screen, Height);
        var y = Math.Max(0, (Height - heights.Sum()) / 2);
        for (var i = 0; i < lines.Count; i++)
        {
            var width = fonts.Width(lines[i].Text, lines[i].Size);
            fonts.Draw(canvas.Skia, lines[i].Text, Math.Max(0, (Screen - width) / 2), y + fonts.Extent(lines[i].Size).Above, lines[i].Size,
                canvas.White);
            y += heights[i];
        }
        return canvas.ToPicture([]);
    }

    // Letters reach a little beyond their place: at the ends of words that belongs to them, between syllables to either.
    private const float Overhang = 2;

    private static int LeftEdge(DisplayLine line, int piece, float x) =>
        (int)Math.Floor(BeginsWord(line, line.IsRightToLeft ? piece + 1 : piece) ? x - Overhang : x);

    private static int RightEdge(DisplayLine line, int piece, float x) =>
        (int)Math.Ceiling(BeginsWord(line, line.IsRightToLeft ? piece : piece + 1) ? x + Overhang : x);

    private static bool BeginsWord(DisplayLine line, int piece) => piece == 0 || piece >= line.Pieces.Count ||
        line.Pieces[piece].Gap.Length > 0;

    /// <summary>
    /// High enough that most lines end with the second row of tiles; where marks stand above the letters, low enough for these.
    /// </summary>
    private float BaselineOf(string text, float size)
    {
        const float High = 19;
        if (!text.EnumerateRunes().Any(HasMark))
            return High;
        var (above, below) = fonts.Extent(size);
        return Math.Max(High, Math.Min((float)Math.Ceiling(above), LineHeight - below));
    }

    private static bool HasMark(Rune rune) => rune.Value is >= 0x00C0 and <= 0x024F or >= 0x1EA0 and <= 0x1EFF ||
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private List<string> Wrap(string text, float size)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && fonts.Width($"{lines[^1]} {word}", size) <= Widest)
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        }
        // A page has room for so many.
        return lines.Count <= 4 ? lines : [.. lines.Take(3), lines[3] + " …"];
    }

    /// <summary>Smaller where a font reaches further up or down than a line is high.</summary>
    private float SizeOf(float size)
    {
        var (above, below) = fonts.Extent(1);
        return Math.Min(size, size * 1.6f / Math.Max(1.6f, above + below));
    }

    private sealed class Canvas : IDisposable
    {
        private readonly SKBitmap _bitmap;

        public Canvas(int width, int height)
        {
            _bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
            _bitmap.Erase(SKColors.Black);
            Skia = new SKCanvas(_bitmap);
        }

        public SKCanvas Skia { get; }

        public SKPaint White { get; } = new() { Color = SKColors.White, IsAntialias = true };

        public CdgPicture ToPicture(IReadOnlyList<(int, int)> spans)
        {
            Skia.Flush();
            var shades = new byte[_bitmap.Width * _bitmap.Height];
            var rows = _bitmap.GetPixelSpan();
            for (var y = 0; y < _bitmap.Height; y++)
                for (var x = 0; x < _bitmap.Width; x++)
                    shades[y * _bitmap.Width + x] = (byte)((rows[y * _bitmap.RowBytes + x] * CdgColors.Shades + 127) / 255);
            return new CdgPicture(shades, _bitmap.Width, _bitmap.Height, spans);
        }

        public void Dispose()
        {
            Skia.Dispose();
            White.Dispose();
            _bitmap.Dispose();
        }
    }
}
