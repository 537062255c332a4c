namespace Libretto.Server.Pools;

/// <summary>A worker cannot be started or stopped, or the pool is set up wrong.</summary>
internal sealed class PoolException : LibrettoException
{
    private PoolException(string code, string message, bool isTransient, Exception? inner = null)
        : base(Stage.Acquire, code, message, isTransient, inner)
    {
    }

    public static PoolException Unreachable(string provider, string reason, Exception? inner = null) => new(
        "pool_unreachable", $"{provider} cannot be reached: {reason.TrimEnd('.')}. It is tried again later.", isTransient: true, inner);

    public static PoolException Refused(string provider, string reason, string cure) => new(
        "pool_refused", $"{provider} refuses to start a worker: {reason.TrimEnd('.')}. {cure}", isTransient: false);

    public static PoolException Exhausted(string provider, string cure) => new(
        "pool_exhausted", $"{provider} has no worker left that could be started. {cure}", isTransient: true);
}
