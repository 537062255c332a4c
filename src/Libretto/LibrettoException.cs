namespace Libretto;

/// <summary>The stage of the work that a message or a progress step belongs to, in the order songs pass them.</summary>
public enum Stage
{
    /// <summary>A link or file becomes audio.</summary>
    Acquire,

    /// <summary>The mix becomes vocals and accompaniment.</summary>
    Separate,

    /// <summary>Audio becomes words.</summary>
    Transcribe,

    /// <summary>Words and vocals become trusted times.</summary>
    Align,

    /// <summary>The document and the stems become stored results.</summary>
    Publish,
}

/// <summary>
/// The base of every error Libretto raises on purpose. The message says what happened and what the user can do; it never
/// holds a secret.
/// </summary>
public class LibrettoException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="kind">What it means to whoever has to answer for it.</param>
    /// <param name="code">A stable lower-case identifier such as <c>not_audio</c>: what programs compare.</param>
    /// <param name="message">One or two sentences: what happened, then what to do.</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="inner">The cause, if another exception led here.</param>
    public LibrettoException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Code = code;
        IsTransient = isTransient;
    }

    /// <summary>What the error means to whoever has to answer for it.</summary>
    public ErrorKind Kind { get; }

    /// <summary>A stable identifier such as <c>not_audio</c>; see <c>docs/errors.md</c> for the list.</summary>
    public string Code { get; }

    /// <summary>Whether a retry of the same call can help.</summary>
    public bool IsTransient { get; }
}
