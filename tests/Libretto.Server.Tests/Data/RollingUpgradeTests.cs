using System.Text.RegularExpressions;
using Libretto.Server.Data;
using Libretto.Server.Tests.Support;
using Npgsql;

namespace Libretto.Server.Tests.Data;

/// <summary>Newer and older programs on one database: docs/deploy.md, "Upgrading".</summary>
public sealed partial class RollingUpgradeTests(PostgresCluster cluster) : IDisposable
{
    // What the next version might add.
    private const string NextVersion =
        """
        alter table jobs add column colour text not null default 'blue';
        create table moods (job_id text primary key, mood text not null);
        create index jobs_colour on jobs (colour);
        insert into schema_versions (version, applied_at) values (9000, 'now');
        """;

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Migrations_only_add()
    {
        var first = true;
        foreach (var file in Directory.GetFiles(Repository.File("src", "Libretto.Server", "Data", "Schema"), "*.postgres.sql").Order())
        {
            var sql = File.ReadAllText(file);
            // A column may be filled where it is added: older programs do not know it.
            if (!first)
                Assert.All(Statements(sql), statement => Assert.True(
                    Addition().IsMatch(statement) || (Filling().Match(statement) is { Success: true } fill && sql.Contains($"add column {fill.Groups["column"]} ", StringComparison.Ordinal)),
                    statement));
            first = false;
            Assert.True(File.Exists(file.Replace(".postgres.", ".sqlite.", StringComparison.Ordinal)), file);
        }
    }

    [Fact]
    public void Migrations_have_numbers_of_their_own_without_a_gap()
    {
        foreach (var database in (string[])["postgres", "sqlite"])
        {
            var numbers = Directory.GetFiles(Repository.File("src", "Libretto.Server", "Data", "Schema"), $"*.{database}.sql")
                .Select(file => int.Parse(Path.GetFileName(file).Split('.')[0], System.Globalization.CultureInfo.InvariantCulture)).Order();
            Assert.Equal(Enumerable.Range(1, Migrations.Known), numbers);
        }
    }

    [Fact]
    public async Task An_older_worker_completes_its_job_while_a_newer_server_changes_the_tables_and_takes_the_next()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Database = database, Role = "api" });
        await using var older = await LibrettoProcess.ServeAsync(_folder["data"], 0, database, "--role worker --lanes compute");
        var inFlight = await api.Client.PostAsync(Samples.TwoLines);
        await api.Client.BegunAsync(inFlight);
        await UpgradeAsync(database, NextVersion);

        var done = await api.Client.FinishAsync(inFlight);
        var next = await api.Client.FinishAsync(await api.Client.PostAsync(TestAudio.Tone(_folder, 0.5)));
        await older.StopAsync();
        // One that starts only now knows less than the database, and works all the same.
        await using var late = await LibrettoProcess.ServeAsync(_folder["data"], 0, database, "--role worker --lanes compute");
        var last = await api.Client.FinishAsync(await api.Client.PostAsync(TestAudio.Tone(_folder, 0.6)));

        Assert.All([done, next, last], job => Assert.Equal("completed", job.Text("status")));
        Assert.Equal((0, 0), (done.Number("attempts"), done.Number("takeovers")));
    }

    [Fact]
    public async Task A_program_that_the_tables_have_left_behind_says_so_and_does_not_start()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using (await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Database = database, Role = "api" }))
            await UpgradeAsync(database, "insert into schema_versions (version, applied_at, oldest_known) values (9001, 'now', 9000)");

        var (exitCode, _, errors) = await LibrettoProcess.RunAsync(["serve", "--data", _folder["data"], "--database", database, "--role", "worker"]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"up to number 9000, and this one knows {Migrations.Known}. Upgrade this machine.", errors, StringComparison.Ordinal);
    }

    private static string[] Statements(string sql) =>
        FunctionBody().Replace(Comment().Replace(sql, ""), "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task UpgradeAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(Databases.ConnectionStringOf(database));
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    // A column that older programs do not fill needs to be nullable or to have a default; a function or trigger may be added or
    // replaced, a view added, an index that no longer helps may go: no program names one.
    [GeneratedRegex(@"^((create (table|view|index|unique index|or replace (function|trigger))|drop index|alter table \w+ set)\b|insert into \w+ |alter table \w+ add column \w+ \w+(?! not null(?! default)))", RegexOptions.Singleline)]
    private static partial Regex Addition();

    [GeneratedRegex(@"^update \w+ set (?<column>\w+) = [^,;]*$", RegexOptions.Singleline)]
    private static partial Regex Filling();

    [GeneratedRegex(@"(?<=\bas )\$\$.*?\$\$", RegexOptions.Singleline)]
    private static partial Regex FunctionBody();

    [GeneratedRegex("--.*")]
    private static partial Regex Comment();
}
