using Libretto.Server.Data.Entities;

namespace Libretto.Server.Web.Party;

/// <summary>
/// Whose turn it is: who has sung least comes first, and of those who waits longest; nobody sings twice before others once.
/// </summary>
internal static class PartyOrder
{
    /// <summary>The entries that wait, in the order in which they are to be sung.</summary>
    /// <param name="entries">All entries of a party, in whatever state.</param>
    public static IReadOnlyList<PartyEntry> Of(IReadOnlyCollection<PartyEntry> entries)
    {
        var rounds = entries.Where(entry => entry.State is PartyState.Sung or PartyState.Singing)
            .GroupBy(entry => Named(entry.Singer)).ToDictionary(group => group.Key, group => group.Count());
        var placed = new List<(int Round, PartyEntry Entry)>();
        foreach (var entry in entries.Where(entry => entry.State == PartyState.Waiting).OrderBy(entry => entry.Id, StringComparer.Ordinal))
        {
            var round = rounds.GetValueOrDefault(Named(entry.Singer));
            placed.Add((round, entry));
            rounds[Named(entry.Singer)] = round + 1;
        }
        return [.. placed.OrderBy(one => one.Round).ThenBy(one => one.Entry.Id, StringComparer.Ordinal).Select(one => one.Entry)];
    }

    /// <summary>A singer is the same however the name is written.</summary>
    private static string Named(string singer) =>
        string.Join(' ', singer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();
}
