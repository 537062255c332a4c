namespace Libretto.Karaoke;

/// <summary>Karaoke cannot be made: a font, a program's part or a picture is missing, or the song does not allow it.</summary>
public sealed class KaraokeException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public KaraokeException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static KaraokeException FontMissing(string script, string letters, string package) => new(
        ErrorKind.Missing, "font_missing",
        $"No font on this machine has {script} letters such as {letters}. Install one with: sudo apt-get install {package}");

    internal static KaraokeException FfmpegLacks(string part, string use) => new(
        ErrorKind.Missing, "ffmpeg_lacks_part",
        $"This ffmpeg was built without {part}, which {use}. Install the full one with: sudo apt-get install ffmpeg, and set " +
            $"LIBRETTO_FFMPEG if another comes first.");

    internal static KaraokeException NoPicture(string path, string? reason) => new(
        ErrorKind.Input, "not_a_picture",
        $"{path} cannot be used as a background{(reason is null ? "" : $" ({reason})")}. Give a picture or a video that ffmpeg reads.");

    internal static KaraokeException NoStyle(string path, string reason) => new(
        ErrorKind.Input, "style_broken", $"{path} cannot be used as a style: {reason} Give an .ass file with a [V4+ Styles] section.");

    internal static KaraokeException NoWords(string kind) => new(
        ErrorKind.Input, "nothing_to_sing", $"The song has no words, so there is no {kind} to make. A video or an HTML file can be made.");

    internal static KaraokeException NoTimes() => new(
        ErrorKind.Input, "lyrics_untimed",
        "These lyrics have no times, which karaoke needs. Give them together with the song: libretto align SONG --lyrics FILE.");

    internal static KaraokeException OtherSong(double last, double duration) => new(
        ErrorKind.Input, "lyrics_unfit",
        FormattableString.Invariant($"The song is {duration:0} s long, but its lyrics go on until {last:0} s: they are of another song. ") +
            "Give the lyrics' own song with --song, or time these words anew: libretto align SONG --lyrics FILE.");
}
