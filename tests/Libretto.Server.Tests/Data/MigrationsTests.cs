using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Data;

/// <summary>A database written by an earlier build opens, and its jobs go on. The fixture is what that build wrote, as SQL.</summary>
public sealed class MigrationsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_of_nine_files_opens_and_its_jobs_wait_for_what_they_waited_for()
    {
        Directory.CreateDirectory(_folder["data"]);
        await using (var old = new SqliteConnection($"Data Source={_folder["data"]}/libretto.db;Pooling=False"))
        {
            await old.OpenAsync(Ct);
            await using var write = old.CreateCommand();
            write.CommandText = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/Libretto.Server.Tests/Data/Fixtures/schema-9.sql"), Ct);
            await write.ExecuteNonQueryAsync(Ct);
        }

        await using var server = await RunningServer.StartAsync(new ServerOptions
        {
            // The database is of a day that is past: what waits in it has not waited in vain.
            DataFolder = _folder["data"], Role = "api", UnmetPatience = TimeSpan.FromDays(36_500),
        });

        await using var context = await server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        var jobs = await context.Jobs.AsNoTracking().OrderBy(job => job.Id).ToListAsync(Ct);
        Assert.Equal(
            [
                (JobStatus.Queued, WaitingFor.Turn), (JobStatus.Queued, WaitingFor.Requirements), (JobStatus.Queued, WaitingFor.Turn),
                (JobStatus.Cancelled, WaitingFor.Turn),
            ],
            jobs.Select(job => (job.Status, job.WaitingFor)));
        Assert.Equal(Migrations.Known, await context.Database.SqlQueryRaw<int>("select max(version) as Value from schema_versions").SingleAsync(Ct));
        Assert.Equal("anna", Assert.Single(await server.Services.GetRequiredService<ApiKeys>().ListAsync(Ct)).Name);
        Assert.Equal(jobs[0].Id, (await server.Services.GetRequiredService<JobClaims>().ClaimNextAsync(Lane.Compute, "worker", Ct))!.Id);
        Assert.True(await server.Services.GetRequiredService<JobStore>().RetryAsync(jobs[3].Id, Ct));
    }
}
