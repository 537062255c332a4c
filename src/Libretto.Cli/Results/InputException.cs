namespace Libretto.Cli.Results;

/// <summary>A lyrics file, or what comes through a pipe, cannot be read.</summary>
internal sealed class InputException : LibrettoException
{
    private InputException(ErrorKind kind, string code, string message, Exception? inner = null)
        : base(kind, code, message, inner: inner)
    {
    }

    public static InputException Missing(string path) => new(ErrorKind.Input, "file_missing", $"{path} does not exist. Check the name.");

    public static InputException IsFolder(string path) =>
        new(ErrorKind.Input, "is_folder", $"{path} is a folder. Give a lyrics file in it.");

    public static InputException Empty(string path) =>
        new(ErrorKind.Input, "file_empty", $"{path} is empty (0 bytes). Copy or make it again.");

    public static InputException NoSongs(string list) =>
        new(ErrorKind.Input, "list_empty", $"{list} names no songs. Check that it is the list you mean.");

    public static InputException ManySongs(string option) =>
        new(ErrorKind.Input, "list_many", $"{option} is for one song, and a list is many: give one song of it.");

    public static InputException NoSong(string lyrics, string start) => new(
        ErrorKind.Input, "song_missing",
        $"The song of {lyrics} is not beside it: there is no {Path.GetFileName(start)}.mp3, .flac or the like. Name it with --song FILE.");

    public static InputException NoLyrics(string song) => new(
        ErrorKind.Input, "lyrics_missing",
        $"No lyrics lie beside {song} or in its tags. Name them with --lyrics FILE, or make some: libretto transcribe {song}");

    public static InputException Unnamed(string song, string what) => new(
        ErrorKind.Input, "song_unnamed", $"The tags of {song} do not say its {what}. Give it with --{what}.");

    public static InputException NothingLeaves(string what) => new(
        ErrorKind.Usage, "engine_not_local", $"{what} sends lyrics away, and '--local' lets nothing leave this machine.");

    public static InputException NoJellyfinKey() => new(
        ErrorKind.Missing, "jellyfin_key_missing",
        "--jellyfin needs a key: make one in the server's dashboard, under API keys, and put it into LIBRETTO_JELLYFIN_KEY, or into a " +
            "file that --jellyfin-key names.");

    public static InputException NothingCame(string name) => new(
        ErrorKind.Input, "file_empty",
        $"Nothing came through {(name == StandardInput.Word ? "standard input" : name)}. Check the command before the pipe.");

    public static InputException Keyboard() => new(
        ErrorKind.Input, "file_missing",
        "'-' reads standard input, but nothing is piped into it. Write for example: libretto - < song.mp3, or: libretto convert - " +
            "song.srt < song.lrc");

    public static InputException Unreadable(string path, Exception inner) => new(
        ErrorKind.Input, "file_unreadable", $"{path} cannot be read: {inner.Message} Change its permissions or copy it elsewhere.", inner);
}
