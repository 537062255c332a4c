namespace Libretto.Server;

/// <summary>How a server process runs; <c>ServerSettings</c> lists the flags and variables that set it.</summary>
public sealed record ServerOptions
{
    /// <summary>The address listened on when none is given.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5400";

    /// <summary>Where database, store and temporary files lie.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A PostgreSQL address or connection string; null (the default) for a SQLite file in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>What this process does: <c>api</c>, <c>worker</c> or <c>all</c> (the default).</summary>
    public string Role { get; init; } = "all";

    /// <summary>The lanes it works in; null takes the role's: none for api, compute for worker, both for all.</summary>
    public IReadOnlyList<string>? Lanes { get; init; }

    /// <summary>Addresses to listen on; null takes the default for api and all, none for worker.</summary>
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>Songs worked on at once in the lane <c>compute</c>; 1 by default, since a song uses every core.</summary>
    public int ComputeWorkers { get; init; } = 1;

    /// <summary>Songs worked on at once in the lane <c>io</c>; 4 by default.</summary>
    public int IoWorkers { get; init; } = 4;

    /// <summary>
    /// The models that this worker takes jobs for: names, or <c>installed</c> alone for those on its disk; empty (the default) for any,
    /// since what is missing is fetched.
    /// </summary>
    public IReadOnlyList<string> WorkerModels { get; init; } = [];

    /// <summary>The largest upload, bytes; 500 MB by default.</summary>
    public long MaxUploadBytes { get; init; } = 500_000_000;

    /// <summary>The longest time that an upload may take; an hour by default.</summary>
    public TimeSpan UploadTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The least rate of an upload, bytes a second on average, after its first ten seconds; 4,000 by default.</summary>
    public double LeastUploadRate { get; init; } = 4000;

    /// <summary>
    /// Whether a request to <c>/v1</c> may name a model that has to be fetched first, for which its client waits; false by default.
    /// </summary>
    public bool FetchesForV1 { get; init; }

    /// <summary>The path below which a proxy serves this server, such as <c>/libretto</c>; empty (the default) for none.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>Networks of the proxies whose X-Forwarded headers count; this machine's own when empty (the default).</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The longest song; two hours by default.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long results and uploads are kept; for ever when null (the default).</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>
    /// Whether the page offers to look lyrics up, which sends titles and artists away; false by default. The API's option does anyway.
    /// </summary>
    public bool OffersLookup { get; init; }

    /// <summary>Folders whose songs become jobs, with results beside them; none by default.</summary>
    public IReadOnlyList<string> Watch { get; init; } = [];

    /// <summary>Requests a minute for each API key; 600 by default.</summary>
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>Origins whose pages may call the API; none by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>How long a worker may be silent before its job is given to another; 15 s by default.</summary>
    public TimeSpan TakeOverAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a worker may be silent before it counts as gone.</summary>
    internal TimeSpan WorkerSilence => 2 * TakeOverAfter;

    /// <summary>How often the table is searched for work that was forgotten; 2 s by default.</summary>
    public TimeSpan ScanEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a job may wait for what no worker has, such as a graphics card, before it fails; an hour by default.</summary>
    public TimeSpan UnmetPatience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Pauses before a job that failed for a passing reason is tried again; after the last it has failed.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } =
        [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1)];

    /// <summary>What the process says it can do; found out when null: for tests.</summary>
    internal Jobs.Workers.Capabilities? Capabilities { get; init; }

    /// <summary>After how long without a job a worker ends by itself; never when null (the default).</summary>
    public TimeSpan? IdleExit { get; init; }

    /// <summary>Songs of one key that may wait or be in work; 1,000 by default. Admins have no such limit.</summary>
    public int JobsPerKey { get; init; } = 1000;

    /// <summary>Songs that one key may post within a day; as many as it likes when null (the default). Admins have no such limit.</summary>
    public int? KeySongsPerDay { get; init; }

    /// <summary>Minutes of music that one key may post within a day; as many as it likes when null (the default).</summary>
    public double? KeyMinutesPerDay { get; init; }

    /// <summary>
    /// US dollars that one key's songs may cost at hosted engines within a day, by their published prices; any when null (the default).
    /// </summary>
    public double? KeyUsdPerDay { get; init; }

    /// <summary>Songs that may wait or be in work in all; 10,000 by default.</summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>
    /// What the keys of cookies and links are sealed with in PostgreSQL; the database's password when null (the default).
    /// </summary>
    internal string? Secret { get; init; }

    /// <summary>What goes to standard error: <c>text</c> (the default), <c>json</c>, or <c>warning</c> for trouble only.</summary>
    public string Log { get; init; } = "text";

    /// <summary>What webhooks are signed with; none are sent when null (the default).</summary>
    internal string? WebhookSecret { get; init; }

    /// <summary>The pool that workers are started in.</summary>
    internal Pools.PoolOptions Pool { get; init; } = new();

    /// <summary>The checkpoint at which the process kills itself: for tests only.</summary>
    internal int? FailPoint { get; init; }

    internal IReadOnlyList<string> EffectiveLanes => Lanes ?? Role switch
    {
        "api" => [],
        "worker" => [Data.Entities.Lane.Compute],
        _ => Data.Entities.Lane.All,
    };

    internal IReadOnlyList<string> EffectiveUrls => Urls ?? (ServesApi ? [DefaultUrl] : []);

    internal bool ServesApi => Role != "worker";

    internal bool UsesPostgres => Database is not null;

    internal string WorkFolder => Path.Combine(DataFolder, "work");

    /// <summary>Reads the environment; what is given wins over it.</summary>
    /// <param name="environment">Looks up a variable; those of the process when null.</param>
    /// <exception cref="ServerException">A variable has a value that means nothing.</exception>
    public static ServerOptions FromEnvironment(Func<string, string?>? environment = null) =>
        ServerSettings.Read(environment: environment);

    /// <summary>The options, if they make sense together.</summary>
    /// <exception cref="ServerException">They do not; the message says which.</exception>
    public ServerOptions Validated()
    {
        if (string.IsNullOrWhiteSpace(DataFolder))
            throw ServerException.BadSetting("--data", DataFolder, "give a folder");
        if (Role is not ("api" or "worker" or "all"))
            throw ServerException.BadSetting("--role", Role, "choose api, worker or all");
        if (EffectiveLanes.FirstOrDefault(lane => !Data.Entities.Lane.All.Contains(lane)) is { } unknown)
            throw ServerException.BadSetting("--lanes", unknown, "choose io, compute or both, separated by a comma");
        if (Role == "worker" && EffectiveLanes.Count == 0)
            throw ServerException.BadSetting("--lanes", "", "a worker needs at least one lane");
        foreach (var url in EffectiveUrls)
            if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal)
                .Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var address) ||
                address.Scheme is not ("http" or "https"))
                throw ServerException.BadSetting("--urls", url, "give addresses such as http://127.0.0.1:5400");
        return this with { DataFolder = Path.GetFullPath(DataFolder) };
    }
}
