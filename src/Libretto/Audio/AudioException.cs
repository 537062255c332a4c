using System.Globalization;

namespace Libretto.Audio;

/// <summary>A recording cannot be read, decoded, kept or written.</summary>
public sealed class AudioException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public AudioException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    // The runtime shows bytes that are no UTF-8 so, and cannot ask the system for them.
    private const string NotUtf8 = "Its name is not UTF-8: rename the file, or give its content through standard input: libretto - < FILE";

    internal static AudioException FileMissing(string path) => new(
        ErrorKind.Input, "file_missing",
        $"{path} does not exist. {(path.Contains('\ufffd', StringComparison.Ordinal) ? NotUtf8 : "Check the name.")}");

    internal static AudioException IsFolder(string path) => new(
        ErrorKind.Input, "is_folder", $"{path} is a folder. Give the audio files in it, for example {Path.Combine(path, "*.mp3")}.");

    internal static AudioException NoFile(string path, Exception inner) => new(
        ErrorKind.Input, "not_a_file",
        $"{path} is a pipe or a device, which can be read only once. Copy what comes out of it into a file and give that.",
        inner: inner);

    internal static AudioException TrackMissing(string path, int track, int tracks) => new(
        ErrorKind.Input, "track_missing", string.Create(
            CultureInfo.InvariantCulture,
            $"{path} has {tracks} audio track{(tracks == 1 ? "" : "s")}; there is no track {track}. Give a number from 1 to {tracks}."));

    internal static AudioException Empty(string path) => new(
        ErrorKind.Input, "file_empty", $"{path} is empty (0 bytes). Copy or download it again.");

    internal static AudioException Unreadable(string path, Exception inner) => new(
        ErrorKind.Input, "file_unreadable", $"{path} cannot be read: {inner.Message} Change its permissions or copy it elsewhere.",
        inner: inner);

    internal static AudioException NotAudio(string path, string? said) => new(
        ErrorKind.Input, ErrorCodes.NotAudio,
        $"{path} is not audio that ffmpeg can read{(said is null ? "" : $" ({said})")}. " +
        "Check that it is a song and was copied to its end.");

    internal static AudioException Playlist(string path) => new(
        ErrorKind.Input, ErrorCodes.NotAudio, $"{path} is a playlist, not a recording. Give the audio files it names.");

    internal static AudioException NoAudioStream(string path) => new(
        ErrorKind.Input, "no_audio_stream", $"{path} holds pictures but no sound. Give a file with an audio track.");

    internal static AudioException TooLong(string path, TimeSpan longest) => new(
        ErrorKind.TooLarge, "too_long", string.Create(CultureInfo.InvariantCulture,
            $"{path} goes on for more than the {longest.TotalMinutes:0.#} minutes that are allowed here. Give a shorter recording."));

    internal static AudioException NothingDecoded(string path, string? said) => new(
        ErrorKind.Input, "audio_empty",
        $"{path} holds no audio that can be decoded{(said is null ? "" : $" ({said})")}: it has no length or is damaged. " +
        "Copy or download it again.");

    internal static AudioException DiskFull(string folder, Exception inner) => new(
        ErrorKind.Output, ErrorCodes.DiskFull,
        $"The disk that holds {folder} is full. Free some space, or set TMPDIR to a folder on another disk.", inner: inner);

    internal static AudioException SpoolFailed(string folder, Exception inner) => new(
        ErrorKind.Output, "spool_failed",
        $"Temporary audio cannot be kept in {folder}: {inner.Message} Set TMPDIR to a folder that can be written.", inner: inner);

    internal static AudioException CannotWrite(string path, string why, Exception? inner = null) => new(
        ErrorKind.Output, "cannot_write", $"{path} cannot be written: {why} Choose another folder.", inner: inner);
}
