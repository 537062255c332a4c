using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Security;

namespace Libretto.Server.Web.Watch;

/// <summary>
/// Which songs are shown and in what order, as addresses hold it: that of the songs themselves, and those of songs that are played from
/// there, so that the one that follows is known.
/// </summary>
internal sealed record SongsShown(string Search, string Status, JobOrder Order, string? ListId)
{
    private const string FromName = "from";
    private const string FromSongs = "songs";

    /// <summary>Reads an address; what means nothing is left out.</summary>
    public static SongsShown Of(string? search, string? status, string? order, string? list) => new(
        search ?? "",
        JobStatus.All.Contains(status) ? status! : "",
        Enum.TryParse<JobOrder>(order, ignoreCase: true, out var known) ? known : FirstOrderOf(list),
        list);

    /// <summary>The order by itself: the latest first, but the songs of a list as they follow each other.</summary>
    private static JobOrder FirstOrderOf(string? list) => list is null ? JobOrder.Newest : JobOrder.Oldest;

    /// <summary>What stands in the address; null for what goes without saying.</summary>
    public IReadOnlyDictionary<string, object?> InAddress => new Dictionary<string, object?>
    {
        ["search"] = Search.Length == 0 ? null : Search,
        ["state"] = Status.Length == 0 ? null : Status,
        ["order"] = Order == FirstOrderOf(ListId) ? null : Order.ToString().ToLowerInvariant(),
        ["list"] = ListId,
    };

    /// <summary>The address of a song that is played from here, relative to the page's base.</summary>
    public string AddressOf(string id, bool plays) => $"jobs/{id}?{(plays ? "play=1&" : "")}{FromName}={FromSongs}" + string.Concat(
        InAddress.Where(part => part.Value is not null)
            .Select(part => $"&{part.Key}={Uri.EscapeDataString((string)part.Value!)}"));

    /// <summary>Whether a song's address says that it is played from here.</summary>
    public static bool IsFrom(string? from) => from == FromSongs;

    /// <summary>The songs.</summary>
    /// <param name="caller">Who looks.</param>
    /// <param name="limit">How many at most.</param>
    public JobQuery QueryOf(Caller caller, int limit) => new()
    {
        KeyId = caller.SeesOnly,
        ListId = ListId,
        Status = Status.Length == 0 ? null : Status,
        Search = Search.Trim().Length == 0 ? null : Search.Trim(),
        Order = Order,
        Limit = limit,
    };
}
