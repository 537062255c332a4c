using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Operations;

/// <summary>Backup and restore as docs/operations.md has them: database first, store second.</summary>
public sealed class BackupTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_service_that_was_restored_has_its_songs_and_goes_on_with_what_waited()
    {
        var (database, restored) = (await cluster.CreateDatabaseAsync(), await cluster.CreateDatabaseAsync());
        string done, waiting, lyrics;
        await using (var before = await RunningServer.StartAsync(Options("before", database, "all")))
        {
            done = await before.Client.PostAsync(Samples.TwoLines);
            await before.Client.FinishAsync(done);
            lyrics = (await before.Client.GetAsync($"/api/jobs/{done}/lyrics.json")).Text;
        }
        await using (var alone = await RunningServer.StartAsync(Options("before", database, "api")))
        {
            waiting = await alone.Client.PostAsync(TestAudio.Tone(_folder, 1));

            await PostgresCluster.DumpAsync(database, _folder["libretto.dump"]);
            // As docs/operations.md has it.
            Directory.CreateDirectory(_folder["after"]);
            TestAudio.Run("cp", "-a", _folder["before/store"], _folder["after/store"]);
        }
        await PostgresCluster.RestoreAsync(_folder["libretto.dump"], restored);

        await using var after = await RunningServer.StartAsync(Options("after", restored, "all"));
        Assert.Equal(lyrics, (await after.Client.GetAsync($"/api/jobs/{done}/lyrics.json")).Text);
        Assert.Equal("completed", (await after.Client.FinishAsync(waiting)).Text("status"));
    }

    private ServerOptions Options(string folder, string database, string role) => new() { DataFolder = _folder[folder], Database = database, Role = role };
}
