using System.Reflection;
using System.Text;

namespace Libretto.Karaoke.Html;

/// <summary>The player's scripts, styles and fonts, which lie inside this assembly as <c>page/js/player.js</c> and so on.</summary>
public static class PlayerAssets
{
    private const string Prefix = "page/";

    /// <summary>The assembly that holds them.</summary>
    public static Assembly Assembly => typeof(PlayerAssets).Assembly;

    /// <summary>A text file's content.</summary>
    /// <param name="name">Such as <c>js/player.js</c>.</param>
    internal static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));

    /// <summary>A file's content.</summary>
    internal static byte[] Bytes(string name)
    {
        using var stream = Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new ArgumentException($"The player has no file {name}.", nameof(name));
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
