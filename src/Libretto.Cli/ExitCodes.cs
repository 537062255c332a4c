using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Cli.Remote;
using Libretto.Cli.Results;
using Libretto.Karaoke;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline;
using Libretto.Server;
using Libretto.Settings;
using Libretto.Storage;
using Libretto.Tools;
using Libretto.Transcribe.Hosted;

namespace Libretto.Cli;

/// <summary>What the program ends with; a contract, listed in docs/errors.md and in the help.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int Input = 3;
    public const int Output = 4;
    public const int Missing = 5;
    public const int Failed = 6;

    /// <summary>How a shell counts a program that SIGPIPE ended.</summary>
    public const int BrokenPipe = 128 + 13;

    /// <summary>The table as the help shows it.</summary>
    public const string Help =
        """
          0  done, also when the song has no words
          1  an error Libretto did not expect
          2  the command line or a setting is wrong
          3  a song or lyrics file cannot be used
          4  a result cannot be written
          5  something Libretto needs is missing: a program, a model, the network
          6  the work itself failed
          130, 143  ended by Ctrl-C or by a request to end
          Of several songs the first that failed decides.
        """;

    public static int Of(LibrettoException error) => error switch
    {
        OutputException { Code: OutputException.Clash } => Usage,
        OutputException => Output,
        InputException => Input,
        SettingsException => Usage,
        LyricsFormatException { Code: "unknown_format" or "format_not_readable" } => Usage,
        LyricsFormatException => Input,
        AudioException { Code: "disk_full" or "spool_failed" or "cannot_write" } => Output,
        AudioException => Input,
        ToolException { Code: "tool_missing" } => Missing,
        AcquireException { Code: "cookies_missing" or "cookies_invalid" or "cookies_expired" or "network_invalid" } => Usage,
        AcquireException { IsTransient: true } or AcquireException { Code: "ytdlp_outdated" or "link_failed" } => Failed,
        AcquireException => Input,
        ModelException { Code: "model_unknown" } => Usage,
        ModelException => Missing,
        { Code: "lyrics_empty" } => Input,
        KaraokeException { Code: "font_missing" or "ffmpeg_lacks_part" } => Missing,
        KaraokeException => Input,
        PipelineException { Code: "model_missing" } => Missing,
        PipelineException => Usage,
        HostedException { Code: "hosted_key_missing" or "hosted_key_refused" or "hosted_unreachable" or "hosted_insecure" } => Missing,
        HostedException { Code: "hosted_not_found" } => Usage,
        ServerException { Code: "setting_invalid" or "keys_needed" } => Usage,
        RemoteException { Code: "server_unreachable" or "server_unknown" } => Missing,
        RemoteException { Code: "job_unknown" or "not_audio" or "link_invalid" or "link_private" or "link_playlist" } => Input,
        StorageException { Code: "store_invalid" } => Usage,
        StorageException { IsRemote: true } => Missing,
        { Code: "language_unsupported" or "unknown_language" or "option_unsupported" or "prompt_too_long" or "model_unsupported" } => Usage,
        _ => Failed,
    };

    /// <summary>Whether the error would meet every other song of a batch too.</summary>
    public static bool ConcernsEverySong(int exitCode) => exitCode is Usage or Missing;
}
