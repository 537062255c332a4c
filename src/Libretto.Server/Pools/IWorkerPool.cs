namespace Libretto.Server.Pools;

/// <summary>
/// Somewhere workers can be started. They say themselves in the table <c>worker_lives</c> that they have come, and end themselves when
/// asked there, so a pool is never asked to stop one that may have a job: <see cref="StopAsync"/> is for those that never came.
/// </summary>
internal interface IWorkerPool
{
    /// <summary><c>local</c>, <c>fly</c> or <c>webhook</c>.</summary>
    string Name { get; }

    /// <summary>Starts a worker and does not wait until it has come.</summary>
    /// <param name="workerId">The row it is to register under, where it can be told.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the provider calls it.</returns>
    /// <exception cref="PoolException">It cannot be started.</exception>
    Task<string> StartAsync(string workerId, CancellationToken ct);

    /// <summary>Stops what was started and never came.</summary>
    /// <param name="poolId">What the provider calls it.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="PoolException">It cannot be stopped.</exception>
    Task StopAsync(string poolId, CancellationToken ct);
}
