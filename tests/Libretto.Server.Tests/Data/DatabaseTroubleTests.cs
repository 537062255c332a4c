using System.Net;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Data;

/// <summary>A PostgreSQL that takes no changes or no connections for a while: clients are told so, and jobs end when it does again.</summary>
public sealed class DatabaseTroubleTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("alter database NAME set default_transaction_read_only = on", "alter database NAME reset default_transaction_read_only", "read-only")]
    [InlineData("alter role NAME connection limit 0", "alter role NAME connection limit -1", "All connections")]
    public async Task A_database_that_refuses_for_a_while_is_told_of_and_the_work_goes_on_afterwards(string trouble, string mend, string words)
    {
        // A user of its own: an administrator is never refused a connection.
        var database = await cluster.CreateDatabaseAsync();
        var name = new Uri(database).AbsolutePath[1..];
        await cluster.ExecuteAsync($"create role {name} login; alter database {name} owner to {name}");
        await using var server = await RunningServer.StartAsync(new ServerOptions
        {
            DataFolder = _folder["data"], Database = database.Replace("postgres@", $"{name}@", StringComparison.Ordinal),
            TakeOverAfter = TimeSpan.FromSeconds(2), ScanEvery = TimeSpan.FromMilliseconds(300),
        });
        var id = await server.Client.PostAsync(TestAudio.Ffmpeg(_folder["song.wav"], "-stream_loop", "-1", "-i", Samples.TwoLines, "-t", "20"));
        await server.Client.BegunAsync(id);

        await cluster.ExecuteAsync(trouble.Replace("NAME", name, StringComparison.Ordinal));
        await cluster.DisconnectAsync(database);
        var refused = await server.Client.TryPostAsync(Samples.TwoLines);
        if (words == "read-only")
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync($"/api/jobs/{id}")).Status);
            Assert.Equal("degraded", (await server.Client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("database").Text("status"));
        }
        await cluster.ExecuteAsync(mend.Replace("NAME", name, StringComparison.Ordinal));

        Assert.Equal((503, "database_unavailable"), ((int)refused.Status, refused.Problem()));
        Assert.Contains(words, refused.Json.Text("detail"), StringComparison.Ordinal);
        // The connections that were opened meanwhile are not kept.
        var tries = 0;
        for (var answer = refused; answer.Status != HttpStatusCode.Accepted; answer = await server.Client.TryPostAsync(Samples.TwoLines))
        {
            Assert.True(tries++ < 100, answer.Text);
            await Task.Delay(100, Ct);
        }
        Assert.Equal("completed", (await server.Client.FinishAsync(id)).Text("status"));
    }
}
