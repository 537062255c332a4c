namespace Libretto;

/// <summary>The codes of <see cref="LibrettoException"/> that programs decide by; docs/errors.md lists all.</summary>
public static class ErrorCodes
{
    /// <summary>A program is not installed, or cannot be started.</summary>
    public const string ToolMissing = "tool_missing";

    /// <summary>A program ended with an error.</summary>
    public const string ToolFailed = "tool_failed";

    /// <summary>A program took too long.</summary>
    public const string ToolTimeout = "tool_timeout";

    /// <summary>A program wanted more memory than it may have.</summary>
    public const string ToolMemory = "tool_memory";

    /// <summary>The disk is full.</summary>
    public const string DiskFull = "disk_full";

    /// <summary>No song was found where a link leads.</summary>
    public const string LinkUnsupported = "link_unsupported";

    /// <summary>The site wants a signed-in user.</summary>
    public const string LinkSignIn = "link_sign_in";

    /// <summary>The site shows the song to adults only.</summary>
    public const string LinkAge = "link_age";

    /// <summary>The site refuses without a reason.</summary>
    public const string LinkRefused = "link_refused";

    /// <summary>A hosted engine cannot work at present.</summary>
    public const string HostedUnavailable = "hosted_unavailable";

    /// <summary>A hosted engine cannot be reached.</summary>
    public const string HostedUnreachable = "hosted_unreachable";

    /// <summary>A hosted engine did not answer in time.</summary>
    public const string HostedTimeout = "hosted_timeout";

    /// <summary>A hosted engine allows the key no more for now.</summary>
    public const string HostedLimit = "hosted_limit";

    /// <summary>A hosted engine takes no file of this size.</summary>
    public const string HostedTooLarge = "hosted_too_large";

    /// <summary>There is no lyrics format of this name.</summary>
    public const string FormatUnknown = "unknown_format";

    /// <summary>A hosted engine does not accept the key.</summary>
    public const string HostedKeyRefused = "hosted_key_refused";

    /// <summary>A hosted engine does not allow the key this request.</summary>
    public const string HostedForbidden = "hosted_forbidden";

    /// <summary>A hosted engine's address or model is wrong.</summary>
    public const string HostedNotFound = "hosted_not_found";

    /// <summary>No secure connection to a hosted engine can be made.</summary>
    public const string HostedInsecure = "hosted_insecure";

    /// <summary>What a hosted engine answered is no transcription.</summary>
    public const string HostedAnswer = "hosted_answer";

    /// <summary>It is no link that songs can be fetched from.</summary>
    public const string LinkInvalid = "link_invalid";

    /// <summary>A link leads into a network that it may not lead into.</summary>
    public const string LinkPrivate = "link_private";

    /// <summary>A link leads to a list of songs.</summary>
    public const string LinkPlaylist = "link_playlist";

    /// <summary>It is not audio.</summary>
    public const string NotAudio = "not_audio";

    /// <summary>No installed model fits.</summary>
    public const string ModelMissing = "model_missing";

    /// <summary>A server has no such job.</summary>
    public const string JobUnknown = "job_unknown";

    /// <summary>Too many workers ended while they worked on a job.</summary>
    public const string WorkerDied = "worker_died";

    /// <summary>No worker came that has what a job needs.</summary>
    public const string WorkerMissing = "worker_missing";

    /// <summary>An error that Libretto did not expect.</summary>
    public const string InternalError = "internal_error";
}
