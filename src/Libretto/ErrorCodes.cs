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
}
