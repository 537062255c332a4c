namespace Libretto.Server.Data.Entities;

/// <summary>The values of <c>jobs.waiting_for</c>.</summary>
internal static class WaitingFor
{
    /// <summary>Its turn: nothing in particular.</summary>
    public const string Turn = "turn";

    /// <summary>A worker that a pool starts.</summary>
    public const string Worker = "worker";

    /// <summary>A worker with what it requires.</summary>
    public const string Requirements = "requirements";

    /// <summary>What its message says, which stays as it is.</summary>
    public const string Other = "other";
}
