using System.Globalization;
using System.Text;

namespace Libretto.Server.Pools;

/// <summary>The pool as the environment describes it; docs/server.md lists the variables.</summary>
internal sealed record PoolOptions
{
    /// <summary><c>local</c>, <c>fly://APP</c> or the address of a webhook; null for none.</summary>
    public string? Place { get; init; }

    public PoolLimits Limits { get; init; } = new();

    /// <summary>What a worker costs an hour, for the record.</summary>
    public double? UsdPerHour { get; init; }

    /// <summary>Fly's token, or what a webhook's messages are signed with.</summary>
    public string? Secret { get; init; }

    public Uri FlyApi { get; init; } = new("https://api.machines.dev/");

    /// <exception cref="ServerException">A variable has a value that means nothing.</exception>
    public static PoolOptions FromEnvironment(Func<string, string?> environment)
    {
        string? Get(string name) => environment(name) is { Length: > 0 } value ? value : null;
        double Number(string name, double otherwise, double least, double most) => Get(name) is not { } text ? otherwise
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw ServerException.BadSetting(name, text, $"give a number from {least} to {most}");

        var limits = new PoolLimits();
        limits = limits with
        {
            Min = (int)Number("LIBRETTO_POOL_MIN", limits.Min, 0, 1000),
            Max = (int)Number("LIBRETTO_POOL_MAX", limits.Max, 1, 1000),
            TargetWait = TimeSpan.FromSeconds(Number("LIBRETTO_POOL_TARGET_SECONDS", limits.TargetWait.TotalSeconds, 0.1, 86_400)),
            CoolDown = TimeSpan.FromSeconds(Number("LIBRETTO_POOL_COOLDOWN_SECONDS", limits.CoolDown.TotalSeconds, 1, 86_400)),
            StartPatience = TimeSpan.FromSeconds(Number("LIBRETTO_POOL_START_SECONDS", limits.StartPatience.TotalSeconds, 1, 3600)),
        };
        var place = Get("LIBRETTO_POOL") is { } named && named != "none" ? named : null;
        var isFly = place?.StartsWith("fly://", StringComparison.Ordinal) == true;
        var isWeb = place is not null && Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "https" or "http";
        if (place is not (null or "local") && !isFly && !isWeb)
            throw ServerException.BadSetting("LIBRETTO_POOL", place, "give none, local, fly://APP or a web address");
        var variable = isFly ? "FLY_API_TOKEN" : "LIBRETTO_POOL_SECRET";
        var secret = Get(variable);
        if ((isFly || isWeb) && secret is null)
            throw ServerException.BadSetting(variable, "", $"LIBRETTO_POOL={place} needs it");
        return new PoolOptions
        {
            Place = place,
            Limits = limits.Min <= limits.Max ? limits : throw ServerException.BadSetting("LIBRETTO_POOL_MIN", $"{limits.Min}", "it is at most LIBRETTO_POOL_MAX"),
            UsdPerHour = Get("LIBRETTO_POOL_USD_PER_HOUR") is null ? null : Number("LIBRETTO_POOL_USD_PER_HOUR", 0, 0, 10_000),
            Secret = secret,
            FlyApi = Get("FLY_API_HOSTNAME") is { } host ? new Uri(host.TrimEnd('/') + "/") : new PoolOptions().FlyApi,
        };
    }

    /// <summary>The pool itself; null for none.</summary>
    public IWorkerPool? Open(ServerOptions server, HttpClient http, TimeProvider time) => Place switch
    {
        null => null,
        "local" => new LocalPool(server, this),
        _ when Place.StartsWith("fly://", StringComparison.Ordinal) => new FlyPool(Place["fly://".Length..].TrimEnd('/'), Secret!, FlyApi, http),
        _ => new WebhookPool(new Uri(Place), Secret!, http, time),
    };

    /// <summary>Keeps the secret out of logs.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Place = {Place}, Limits = {Limits}");
        return true;
    }
}
