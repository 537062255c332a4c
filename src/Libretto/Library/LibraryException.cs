using System.Net;

namespace Libretto.Library;

/// <summary>A collection cannot be worked on as a whole.</summary>
public sealed class LibraryException : LibrettoException
{
    private LibraryException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static LibraryException Missing(string folder) => new(
        ErrorKind.Input, "folder_missing", $"{folder} does not exist. Check the name.");

    internal static LibraryException NoFolder(string path) => new(
        ErrorKind.Input, "not_a_folder",
        $"{path} is a file. 'libretto library' takes folders and playlists (.m3u, .m3u8, .pls); for a song: libretto transcribe");

    internal static LibraryException Unreadable(string folder, string why) => new(
        ErrorKind.Input, "folder_unreadable", $"{folder} may not be read: {why} Change its permissions.");

    internal static LibraryException JellyfinUnreachable(string server, Exception inner) => new(
        ErrorKind.Missing, "jellyfin_unreachable",
        $"{server} cannot be reached, or is no Jellyfin server: {inner.Message} " +
            "The lyrics lie beside the songs; the next run hands them over.",
        isTransient: true, inner);

    internal static LibraryException JellyfinRefused(string server, string song, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(
            ErrorKind.Missing, "jellyfin_key_refused",
            $"{server} refuses the key. Make one in its dashboard, under API keys, and put it into LIBRETTO_JELLYFIN_KEY."),
        >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => new(
            ErrorKind.Missing, "jellyfin_unreachable", $"{server} sends on to another address ({(int)status}). Give that with --jellyfin."),
        _ => new(
            ErrorKind.Failed, "jellyfin_refused",
            $"{server} does not take the lyrics of {song} ({(int)status}). It refuses those of a song that has some there already.",
            isTransient: true),
    };

    internal static LibraryException Busy(string folder, string other) => new(
        ErrorKind.Output, "library_busy",
        $"Another run of Libretto works on {other}{(folder == other ? "" : $", which shares songs with {folder}")}. Wait until it has " +
        "ended, or end it.",
        isTransient: true);
}
