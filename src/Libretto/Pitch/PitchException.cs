namespace Libretto.Pitch;

/// <summary>The pitch of a voice cannot be found: the network is none for this, or failed.</summary>
public sealed class PitchException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public PitchException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static PitchException Unsupported(string file, string reason) => new(
        ErrorKind.Usage, "model_unsupported",
        $"{file} is no network for pitch that Libretto can run: {reason} Fetch one with: libretto models pull swift-f0");

    internal static PitchException Failed(string file, Exception inner) => new(
        ErrorKind.Failed, "model_failed",
        $"The network {file} failed: {inner.Message.Split('\n')[0]} Fetch it again with: libretto models pull swift-f0", inner: inner);
}
