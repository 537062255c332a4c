using System.Text.RegularExpressions;

namespace Libretto.Server;

/// <summary>What users of a server may be told of an error: never where something lies on its disk.</summary>
internal static partial class PublicMessages
{
    /// <summary>The message with names in the place of paths.</summary>
    /// <param name="message">As it was thrown.</param>
    /// <param name="input">The path of the song's temporary copy; none when null.</param>
    /// <param name="song">What users call the song.</param>
    public static string Of(string message, string? input = null, string? song = null)
    {
        if (input is not null)
            message = message.Replace(input, song ?? "the song", StringComparison.Ordinal);
        return AbsolutePath().Replace(message, "${name}");
    }

    // Of at least one folder, so that a lone slash stays; web addresses have a colon, a slash or a host before theirs.
    [GeneratedRegex("""(?<![\w:/.~\\-])(?:[A-Za-z]:[\\/]|/)(?:[^\s/\\'"`<>|:;,()]+[/\\])+(?<name>[^\s/\\'"`<>|:;,()]*)""")]
    private static partial Regex AbsolutePath();
}
