namespace Libretto.Server.Data.Entities;

/// <summary>A row of the table <c>parties</c>: an evening on which people sing.</summary>
/// <param name="Id">Sorts by time of creation.</param>
/// <param name="KeyId">The key of its host, whose songs can be sung; empty where no keys are in use.</param>
/// <param name="SeesAll">Whether the host sees all jobs, and so its guests all songs.</param>
/// <param name="Name">What it is called.</param>
/// <param name="AllowsLinks">Whether guests may bring songs by links.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="EndsAt">When its link stops working.</param>
/// <param name="Revision">Counts the changes that watchers want to see.</param>
internal sealed record Party(
    string Id, string KeyId, bool SeesAll, string Name, bool AllowsLinks, DateTime CreatedAt, DateTime EndsAt, long Revision);

/// <summary>A row of the table <c>party_entries</c>: a song that somebody wants to sing.</summary>
/// <param name="Id">Sorts by time of creation.</param>
/// <param name="PartyId">The party.</param>
/// <param name="JobId">The song.</param>
/// <param name="Singer">Who sings it, as they say.</param>
/// <param name="Guest">Hash of what a guest's phone proves itself by; empty for the host's own.</param>
/// <param name="State">See <see cref="PartyState"/>.</param>
/// <param name="CreatedAt">When it was put in.</param>
internal sealed record PartyEntry(string Id, string PartyId, string JobId, string Singer, string Guest, string State, DateTime CreatedAt);

/// <summary>How an entry stands.</summary>
internal static class PartyState
{
    public const string Waiting = "waiting";
    public const string Singing = "singing";
    public const string Sung = "sung";

    /// <summary>Taken out: by who put it in, by the host, or because its song is gone.</summary>
    public const string Out = "out";
}
