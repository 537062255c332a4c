using System.Globalization;
using System.Text;

namespace Libretto.Server.Pools;

/// <summary>The pool as the environment describes it; <see cref="ServerSettings"/> lists the variables.</summary>
internal sealed record PoolOptions
{
    /// <summary><c>local</c>, <c>fly://APP</c> or the address of a webhook; null for none.</summary>
    public string? Place { get; init; }

    public PoolLimits Limits { get; init; } = new();

    /// <summary>What a worker costs an hour, for the record.</summary>
    public double? UsdPerHour { get; init; }

    /// <summary>Fly's token.</summary>
    public string? FlyToken { get; init; }

    /// <summary>What a webhook's messages are signed with.</summary>
    public string? Secret { get; init; }

    public Uri FlyApi { get; init; } = new("https://api.machines.dev/");

    /// <summary>Null for <c>none</c>.</summary>
    /// <exception cref="FormatException">It is no place.</exception>
    public static string? ParsePlace(string text) => text switch
    {
        "none" => null,
        "local" => text,
        _ when IsFly(text) || IsWeb(text) => text,
        _ => throw new FormatException("give none, local, fly://APP or a web address"),
    };

    /// <summary>The options, if they make sense together.</summary>
    /// <exception cref="ServerException">They do not; the message says which.</exception>
    public PoolOptions Validated()
    {
        if (Place is not null && IsFly(Place) && FlyToken is null)
            throw ServerException.BadSetting("FLY_API_TOKEN", "", $"LIBRETTO_POOL={Place} needs it");
        if (Place is not null && IsWeb(Place) && Secret is null)
            throw ServerException.BadSetting("LIBRETTO_POOL_SECRET", "", $"LIBRETTO_POOL={Place} needs it");
        return Limits.Min <= Limits.Max ? this : throw ServerException.BadSetting("LIBRETTO_POOL_MIN", $"{Limits.Min}",
            "it is at most LIBRETTO_POOL_MAX");
    }

    /// <summary>The pool itself; null for none.</summary>
    public IWorkerPool? Open(ServerOptions server, HttpClient http, TimeProvider time) => Place switch
    {
        null => null,
        "local" => new LocalPool(server, this),
        _ when IsFly(Place) => new FlyPool(Place["fly://".Length..].TrimEnd('/'), FlyToken!, FlyApi, http),
        _ => new WebhookPool(new Uri(Place), Secret!, http, time),
    };

    private static bool IsFly(string place) => place.StartsWith("fly://", StringComparison.Ordinal);

    private static bool IsWeb(string place) => Uri.TryCreate(place, UriKind.Absolute, out var address) &&
        address.Scheme is "https" or "http";

    /// <summary>Keeps the secrets out of logs.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Place = {Place}, Limits = {Limits}");
        return true;
    }
}
