namespace Libretto.Server.Pools;

/// <summary>A worker cannot be started or stopped, or the pool is set up wrong.</summary>
internal sealed class PoolException : LibrettoException
{
    private PoolException(ErrorKind kind, string code, string message, bool isTransient, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    public static PoolException Unreachable(string provider, string reason, Exception? inner = null) => new(
        ErrorKind.Failed, "pool_unreachable", $"{provider} cannot be reached: {reason.TrimEnd('.')}. It is tried again later.",
        isTransient: true, inner);

    public static PoolException Refused(string provider, string reason, string cure) => new(
        ErrorKind.Failed, "pool_refused", $"{provider} refuses to start a worker: {reason.TrimEnd('.')}. {cure}", isTransient: false);

    public static PoolException Exhausted(string provider, string cure) => new(
        ErrorKind.Failed, "pool_exhausted", $"{provider} has no worker left that could be started. {cure}", isTransient: true);
}
