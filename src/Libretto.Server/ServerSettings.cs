using System.Globalization;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Settings;
using static Libretto.Settings.SettingText;

namespace Libretto.Server;

/// <summary>
/// Every setting of a server process: a flag wins over the environment, the environment over the default. The command line's help and
/// the tables of docs/server.md say what stands here.
/// </summary>
internal static class ServerSettings
{
    /// <summary>The rows, in the order they are shown in.</summary>
    public static IReadOnlyList<Setting<ServerOptions>> All { get; } =
    [
        Row("LIBRETTO_DATA", "--data", "DIR", "the user's data folder", "The folder of database, songs, results and temporary files.",
            (options, text) => options with { DataFolder = text }),
        Row("DATABASE_URL", "--database", "ADDRESS", "a SQLite file in the data folder",
            "PostgreSQL's address (postgres://...) or connection string.",
            (options, text) => options with { Database = text })
            with { IsSecret = true },
        Row("LIBRETTO_URLS", "--urls", "URLS", ServerOptions.DefaultUrl, "Addresses to listen on, separated by ';'.",
            (options, text) => options with { Urls = List(text, ';') }),
        Row("LIBRETTO_BASE_PATH", "--base-path", "PATH", "none", "The path below which a proxy serves this server, such as /libretto.",
            (options, text) => options with { BasePath = Security.BasePath.Parse(text) }),
        Row("LIBRETTO_TRUSTED_PROXIES", "this machine",
            "Proxies whose X-Forwarded-For, -Proto and -Prefix count: addresses or networks, separated by ','.",
            (options, text) => options with { TrustedProxies = [.. List(text, ',').Select(Network)] }),
        Row("LIBRETTO_ROLE", "--role", "ROLE", "all", "What this process does: api, worker or all.",
            (options, text) => options with { Role = OneOf(text, "api", "worker", "all") }),
        Row("LIBRETTO_LANES", "--lanes", "LANES", "both for all, compute for worker, none for api",
            "The lanes it works in: io, compute or both, separated by ','.",
            (options, text) => options with { Lanes = [.. List(text, ',').Select(lane => OneOf(lane, [.. Lane.All]))] }),
        Row("LIBRETTO_IDLE_EXIT", "--idle-exit", "TIME", "never", "End a worker after so long without a job, such as 90s, 5m or 1h.",
            (options, text) => options with { IdleExit = Time(text) }),
        Row("LIBRETTO_COMPUTE_WORKERS", "1", "Songs worked on at once in the lane compute.",
            (options, text) => options with { ComputeWorkers = Whole(text, 1, 64) }),
        Row("LIBRETTO_IO_WORKERS", "4", "The same in the lane io.",
            (options, text) => options with { IoWorkers = Whole(text, 1, 256) }),
        Row("LIBRETTO_WORKER_MODELS", "any", "Models a worker takes jobs for: names separated by ',', or installed for those on its disk.",
            (options, text) => options with { WorkerModels = List(text, ',') }),
        Row("LIBRETTO_MAX_UPLOAD_MB", "500", "The largest upload.",
            (options, text) => options with { MaxUploadBytes = (long)(Number(text, 1, 100_000) * 1_000_000) }),
        Row("LIBRETTO_UPLOAD_MINUTES", "60", "The longest time that an upload may take; then 408.",
            (options, text) => options with { UploadTime = TimeSpan.FromMinutes(Number(text, 0.01, 100_000)) }),
        Row("LIBRETTO_UPLOAD_BYTES_PER_SECOND", "4000",
            "The least rate of an upload, on average, after its first ten seconds; below it 408.",
            (options, text) => options with { LeastUploadRate = Number(text, 1, 1_000_000_000) }),
        Row("LIBRETTO_FETCH_FOR_V1", "off",
            "Whether a request to /v1 may name a model that is fetched first while its client waits, on or off; without it 404.",
            (options, text) => options with { FetchesForV1 = OneOf(text, "on", "off") == "on" }),
        Row("LIBRETTO_MAX_MINUTES", "120", "The longest song.",
            (options, text) => options with { MaxDuration = TimeSpan.FromMinutes(Number(text, 0.1, 100_000)) }),
        Row("LIBRETTO_RETENTION_DAYS", "for ever", "How long songs and results are kept.",
            (options, text) => options with { Retention = TimeSpan.FromDays(Number(text, 0.001, 100_000)) }),
        Row("LIBRETTO_LYRICS_LOOKUP", "off",
            "Whether the page offers to look lyrics up, on or off: title and artist then go to the library of lyrics-library; programs " +
                "may ask for it anyway.",
            (options, text) => options with { OffersLookup = OneOf(text, "on", "off") == "on" }),
        Row("LIBRETTO_WATCH", "none",
            $"Folders whose new and changed songs become jobs, with results beside them, separated by '{Path.PathSeparator}'.",
            (options, text) => options with { Watch = List(text, Path.PathSeparator) }),
        Row("LIBRETTO_REQUESTS_PER_MINUTE", "600", "Requests of each API key.",
            (options, text) => options with { RequestsPerMinute = Whole(text, 1, 10_000_000) }),
        Row("LIBRETTO_JOBS_PER_KEY", "1000", "Songs of one key that wait or are in work; above that 429.",
            (options, text) => options with { JobsPerKey = Whole(text, 1, 10_000_000) }),
        Row("LIBRETTO_KEY_SONGS_PER_DAY", "no limit", "Songs that one key may post within 24 hours; above that 429. Admins have no limit.",
            (options, text) => options with { KeySongsPerDay = Whole(text, 1, 10_000_000) }),
        Row("LIBRETTO_KEY_MINUTES_PER_DAY", "no limit", "Minutes of music that one key may post within 24 hours.",
            (options, text) => options with { KeyMinutesPerDay = Number(text, 0.1, 10_000_000) }),
        Row("LIBRETTO_KEY_USD_PER_DAY", "no limit", "US dollars that one key's songs may cost at hosted engines within 24 hours.",
            (options, text) => options with { KeyUsdPerDay = Number(text, 0, 10_000_000) }),
        Row("LIBRETTO_QUEUE_LIMIT", "10000", "The same of all keys.",
            (options, text) => options with { QueueLimit = Whole(text, 1, 10_000_000) }),
        Row("LIBRETTO_SECRET", "the database's password",
            "What the keys of sign-ins, shared links and cookies of jobs are sealed with in PostgreSQL; the same on all machines.",
            (options, text) => options with { Secret = text })
            with { IsSecret = true },
        Row("LIBRETTO_WEBHOOK_SECRET", "none sent", "What messages on the end of jobs are signed with.",
            (options, text) => options with { WebhookSecret = text })
            with { IsSecret = true },
        Row("LIBRETTO_CORS_ORIGINS", "none", "Origins whose pages may call the API, separated by ','.",
            (options, text) => options with { CorsOrigins = [.. List(text, ',').Select(Origin)] }),
        Row("LIBRETTO_TAKEOVER_SECONDS", "15", "How long a worker may be silent before its job goes to another.",
            (options, text) => options with { TakeOverAfter = TimeSpan.FromSeconds(Number(text, 2, 3600)) }),
        Row("LIBRETTO_UNMET_MINUTES", "60", "How long a job waits for what no worker has, before it fails.",
            (options, text) => options with { UnmetPatience = TimeSpan.FromMinutes(Number(text, 0.1, 100_000)) }),
        Row("LIBRETTO_LOG", "text",
            "What standard error gets: text, json, warning for trouble only, or debug for all there is; then words say who timed them.",
            (options, text) => options with { Log = OneOf(text, "text", "json", "warning", "debug") }),
        Row("LIBRETTO_POOL", "none", "Where workers are started: none, local, fly://APP or the address of a webhook.",
            (options, text) => options with { Pool = options.Pool with { Place = Pools.PoolOptions.ParsePlace(text) } }),
        Row("FLY_API_TOKEN", "none", "Fly's token, for a pool there.",
            (options, text) => options with { Pool = options.Pool with { FlyToken = text } })
            with { IsSecret = true },
        Row("FLY_API_HOSTNAME", "https://api.machines.dev", "Where Fly's Machines API is.",
            (options, text) => options with { Pool = options.Pool with { FlyApi = WebAddress(text, "https://api.machines.dev") } }),
        Row("LIBRETTO_POOL_SECRET", "none", "What messages to a pool's webhook are signed with.",
            (options, text) => options with { Pool = options.Pool with { Secret = text } })
            with { IsSecret = true },
        Limit("LIBRETTO_POOL_MIN", "0", "Workers kept without work.", (limits, text) => limits with { Min = Whole(text, 0, 1000) }),
        Limit("LIBRETTO_POOL_MAX", "2", "Workers at most.", (limits, text) => limits with { Max = Whole(text, 1, 1000) }),
        Limit("LIBRETTO_POOL_TARGET_SECONDS", "60",
            "So many workers start that all songs that wait are done within this time, by what songs took before.",
            (limits, text) => limits with { TargetWait = TimeSpan.FromSeconds(Number(text, 0.1, 86_400)) }),
        Limit("LIBRETTO_POOL_COOLDOWN_SECONDS", "300", "A worker without a job for so long is asked to end.",
            (limits, text) => limits with { CoolDown = TimeSpan.FromSeconds(Number(text, 1, 86_400)) }),
        Limit("LIBRETTO_POOL_START_SECONDS", "180", "A worker that has not come for so long is given up.",
            (limits, text) => limits with { StartPatience = TimeSpan.FromSeconds(Number(text, 1, 3600)) }),
        Row("LIBRETTO_POOL_USD_PER_HOUR", "unknown", "What a worker costs, for GET /api/workers.",
            (options, text) => options with { Pool = options.Pool with { UsdPerHour = Number(text, 0, 10_000) } }),
    ];

    /// <summary>Reads every setting.</summary>
    /// <param name="flags">What the command line gives, by flag; none when null.</param>
    /// <param name="environment">Looks up a variable; those of the process when null. An empty one counts as not set.</param>
    /// <exception cref="SettingsException">A value means nothing.</exception>
    public static ServerOptions Read(IReadOnlyDictionary<string, string>? flags = null, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var options = new ServerOptions { DataFolder = DefaultDataFolder() };
        foreach (var setting in All)
        {
            if (setting.Flag is { } flag && flags?.GetValueOrDefault(flag) is { } given)
                options = setting.Set(options, given, flag);
            else if (environment(setting.Variable) is { Length: > 0 } value)
                options = setting.Set(options, value, setting.Variable);
        }
        return options with { Pool = options.Pool.Validated(), FailPoint = FailPoint(environment) };
    }

    /// <summary>Variables that look like settings and are none: most often misspelt.</summary>
    /// <param name="names">The names of all variables.</param>
    public static IReadOnlyList<string> Unknown(IEnumerable<string> names) => [.. names.Where(name =>
        name.StartsWith("LIBRETTO_", StringComparison.Ordinal) && !name.StartsWith("LIBRETTO_TEST_", StringComparison.Ordinal) &&
        !s_others.Contains(name) && !All.Any(setting => setting.Variable == name) &&
        !SettingsTable.All.Any(setting => setting.Variable == name))];

    // Read elsewhere: the settings file, a worker's name in its pool, the client's, the service unit's, and what tests set.
    private static readonly string[] s_others =
        [SettingsReader.FileVariable, Jobs.Workers.WorkerPresence.IdVariable, "LIBRETTO_SERVER", "LIBRETTO_KEY", "LIBRETTO_ARGUMENTS",
            "LIBRETTO_FAILPOINT", "LIBRETTO_SOAK", "LIBRETTO_UPDATE_SNAPSHOTS"];

    private static Setting<ServerOptions> Row(
        string variable, string whenUnset, string description, Func<ServerOptions, string, ServerOptions> apply) =>
        new(variable, null, variable, whenUnset, description, apply);

    private static Setting<ServerOptions> Row(
        string variable, string flag, string valueName, string whenUnset, string description,
        Func<ServerOptions, string, ServerOptions> apply) =>
        new(variable, flag, variable, whenUnset, description, apply) { ValueName = valueName };

    private static Setting<ServerOptions> Limit(string variable, string whenUnset, string description,
        Func<Pools.PoolLimits, string, Pools.PoolLimits> apply) => Row(
        variable, whenUnset, description,
        (options, text) => options with { Pool = options.Pool with { Limits = apply(options.Pool.Limits, text) } });

    private static TimeSpan Time(string text)
    {
        var unit = text.LastOrDefault() switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        return unit > 0 && double.TryParse(text.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var number) && number is > 0 and < 100_000
            ? TimeSpan.FromSeconds(number * unit)
            : throw new FormatException("give a time such as 90s, 5m or 1h");
    }

    private static System.Net.IPNetwork Network(string text) =>
        System.Net.IPNetwork.TryParse(text, out var network) ? network
        : System.Net.IPAddress.TryParse(text, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new FormatException("give addresses or networks such as 10.0.0.5 or 10.0.0.0/8");

    /// <summary>As browsers send it: scheme, host and port alone.</summary>
    private static string Origin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.GetLeftPart(UriPartial.Authority) == text
            ? text
            : throw new FormatException("give origins such as https://songs.example, without a path");

    private static int? FailPoint(Func<string, string?> environment) =>
        environment("LIBRETTO_TEST_SETUP") == "1" && environment("LIBRETTO_FAILPOINT") is { Length: > 0 } point
        ? Whole(point, 1, 99) : null;

    private static string DefaultDataFolder() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "libretto");
}
