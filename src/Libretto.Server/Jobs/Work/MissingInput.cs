using Libretto.Storage;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// What a job was to work on is not to be had: a store beyond the network is away, or has not been sent it yet by another machine for
/// which it was away; or it is not there.
/// </summary>
internal static class MissingInput
{
    public static async Task<LibrettoException> OfAsync(IContentStore store, CancellationToken ct)
    {
        try
        {
            await store.CheckAsync(ct);
            return ServerException.InputGone(mayCome: store is TieredContentStore);
        }
        catch (StorageException e) when (e.IsRemote)
        {
            return e;
        }
    }

    /// <summary>Whether an error says that the store beyond the network is away for now.</summary>
    public static bool IsStoreAway(Exception e) => e is StorageException { IsRemote: true, IsTransient: true };
}
