using Libretto.Lyrics;

namespace Libretto.Karaoke.Cdg;

/// <summary>
/// The sixteen colours. A colour's number is made of bits: two for the shade of a letter's edge (0 is the background), one for sung, one
/// for the second voice; so a point is sung by setting one bit against it, whatever its shade.
/// </summary>
internal static class CdgColors
{
    /// <summary>Shades of a letter, the last of them full.</summary>
    public const int Shades = 3;

    public const byte Background = 0, Sung = 4, SecondVoice = 8;

    private static readonly (int, int, int) s_background = (1, 1, 3);
    private static readonly (int, int, int) s_unsung = (15, 15, 15);
    private static readonly (int, int, int) s_first = (15, 11, 2);
    private static readonly (int, int, int) s_second = (4, 13, 15);

    /// <summary>All, by their numbers.</summary>
    public static IReadOnlyList<(int Red, int Green, int Blue)> All { get; } = [.. Enumerable.Range(0, 16).Select(Of)];

    /// <summary>The bits of a voice's colours.</summary>
    public static byte Of(LyricsVoice? voice) => voice == LyricsVoice.Second ? SecondVoice : (byte)0;

    private static (int, int, int) Of(int number)
    {
        var letter = (number & Sung) == 0 ? s_unsung : (number & SecondVoice) == 0 ? s_first : s_second;
        // The second voice's letters are told from the first's before they are sung too.
        if ((number & (Sung | SecondVoice)) == SecondVoice)
            letter = (11, 14, 15);
        var share = (double)(number & Shades) / Shades;
        return (Mix(s_background.Item1, letter.Item1, share), Mix(s_background.Item2, letter.Item2, share), Mix(
            s_background.Item3, letter.Item3, share));
    }

    private static int Mix(int from, int to, double share) => (int)Math.Round(from + (to - from) * share);
}
