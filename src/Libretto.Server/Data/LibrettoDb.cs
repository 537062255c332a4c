using System.Linq.Expressions;
using System.Text.Json;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Libretto.Server.Data;

/// <summary>The tables, on SQLite or PostgreSQL. The SQL in <c>Schema/</c> makes them; here they only get their names.</summary>
internal sealed class LibrettoDb(DbContextOptions<LibrettoDb> options) : DbContext(options)
{
    public DbSet<Job> Jobs => Set<Job>();

    public DbSet<LyricsVersion> LyricsVersions => Set<LyricsVersion>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<StageTime> StageTimes => Set<StageTime>();

    public DbSet<WorkerRecord> Workers => Set<WorkerRecord>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    public DbSet<Turn> Turns => Set<Turn>();

    public DbSet<DataKey> DataKeys => Set<DataKey>();

    public DbSet<Share> Shares => Set<Share>();

    public DbSet<Party> Parties => Set<Party>();

    public DbSet<PartyEntry> PartyEntries => Set<PartyEntry>();

    public DbSet<SongList> Lists => Set<SongList>();

    /// <summary>
    /// The database's time. A query that selects <c>DateTime.UtcNow</c> gives this machine's instead, which for SQLite is the same.
    /// </summary>
    public async Task<DateTime> NowAsync(CancellationToken ct) =>
        Database.IsNpgsql() ? (await Database.SqlQueryRaw<DateTime>("select now() as \"Value\"").ToListAsync(ct))[0] : DateTime.UtcNow;

    /// <summary>Whether PostgreSQL takes no changes now: it was set so, or is a copy of another.</summary>
    public async Task<bool> IsReadOnlyAsync(CancellationToken ct) => Database.IsNpgsql() &&
        (await Database.SqlQueryRaw<string>("select current_setting('transaction_read_only') as \"Value\"").ToListAsync(ct))[0] == "on";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var isPostgres = Database.IsNpgsql();
        modelBuilder.Entity<Job>(job =>
        {
            job.ToTable("jobs").HasKey(row => row.Id);
            AsJson(job.Property(row => row.Options), options => JobJson.Write(options), json => JobJson.ReadOptions(json));
            AsJson(job.Property(row => row.ProgressLog), steps => JobJson.Write(steps), json => JobJson.ReadSteps(json));
        });
        modelBuilder.Entity<LyricsVersion>().ToTable("lyrics_versions").HasKey(row => new { row.JobId, row.Version });
        modelBuilder.Entity<ApiKey>().ToTable("api_keys").HasKey(row => row.Id);
        modelBuilder.Entity<StageTime>().ToTable("stage_times").HasKey(row => new { row.Stage, row.Method, row.Machine });
        modelBuilder.Entity<WorkerRecord>(worker =>
        {
            worker.ToTable("worker_lives").HasKey(row => row.Id);
            worker.Ignore(row => row.ReadAt);
        });
        modelBuilder.Entity<WebhookDelivery>(delivery =>
        {
            delivery.ToTable("webhook_deliveries").HasKey(row => row.JobId);
            AsJson(delivery.Property(row => row.Log), log => JobJson.Write(log), json => JobJson.ReadAttempts(json));
        });
        modelBuilder.Entity<Turn>().ToTable("turns").HasKey(row => new { row.KeyId, row.Lane });
        modelBuilder.Entity<DataKey>().ToTable("data_keys").HasKey(row => row.Id);
        modelBuilder.Entity<Share>().ToTable("shares").HasKey(row => row.Id);
        modelBuilder.Entity<Party>().ToTable("parties").HasKey(row => row.Id);
        modelBuilder.Entity<PartyEntry>().ToTable("party_entries").HasKey(row => row.Id);
        modelBuilder.Entity<SongList>().ToTable("lists").HasKey(row => row.Id);

        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

        void AsJson<T>(
            Microsoft.EntityFrameworkCore.Metadata.Builders.PropertyBuilder<T> property,
            Expression<Func<T, string>> write,
            Expression<Func<string, T>> read)
        {
            property.HasConversion(write, read);
            if (isPostgres)
                property.HasColumnType("jsonb");
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();

    /// <summary>SQLite does not keep that times are UTC.</summary>
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        time => time, time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
