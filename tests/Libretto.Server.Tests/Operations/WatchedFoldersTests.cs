using System.Text.Json;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Operations;

public sealed class WatchedFoldersOnSqliteTests() : WatchedFoldersTests(null);

public sealed class WatchedFoldersOnPostgresTests(PostgresCluster cluster) : WatchedFoldersTests(cluster);

/// <summary>Folders that servers watch, with real processes: <c>LIBRETTO_WATCH</c>.</summary>
public abstract class WatchedFoldersTests(PostgresCluster? cluster) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_song_becomes_one_job_of_whichever_process_leads_and_its_results_go_beside_it()
    {
        Directory.CreateDirectory(_folder["music/album"]);
        File.Copy(Samples.TwoLines, _folder["music/album/there.wav"]);
        File.WriteAllText(_folder["music/album/there.lrc"], "[00:00.50]Mornin' light is on th' water\n[00:05.50]an' the birds begin to sing\n");
        File.Copy(Samples.TwoLines, _folder["music/album/timed.wav"]);
        File.WriteAllText(_folder["music/album/timed.elrc"], "[00:01.00]<00:01.00>one <00:02.00>two\n");
        var database = cluster is null ? null : await cluster.CreateDatabaseAsync();
        (string, string)[] environment = [("LIBRETTO_WATCH", _folder["music"])];

        var (one, two) = (PostgresCluster.FreePort(), PostgresCluster.FreePort());
        using var client = new JobClient(new Uri($"http://127.0.0.1:{one}"));
        using var other = new JobClient(new Uri($"http://127.0.0.1:{two}"));
        await using var first = await LibrettoProcess.ServeAsync(_folder["data"], one, database, "", environment);
        await using var second = await LibrettoProcess.ServeAsync(_folder["data"], two, database, "", environment);

        await AppearsAsync("music/album/there.ttml", first, second);
        // The words that lay with the song, as they were written; the owner's own file stays as it is.
        Assert.Contains("Mornin'", File.ReadAllText(_folder["music/album/there.ttml"]), StringComparison.Ordinal);
        Assert.StartsWith("[00:00.50]Mornin'", File.ReadAllText(_folder["music/album/there.lrc"]), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["music/album/timed.ttml"]));
        Assert.Single(await JobsAsync(client));

        File.Copy(Samples.TwoLines, _folder["music/new.wav"]);
        await AppearsAsync("music/new.ttml", first, second);
        Assert.Equal(2, (await JobsAsync(client)).Count);

        // The one that leads dies in the midst of a song: the other goes on, and nothing is done twice.
        var (leader, follower, left) = Watches(first) ? (first, second, other) : (second, first, client);
        Assert.False(Watches(follower), string.Join('\n', follower.Log));
        File.Copy(Samples.TwoLines, _folder["music/last.wav"]);
        await HasJobsAsync(left, 3);
        await leader.KillAsync();
        await AppearsAsync("music/last.ttml", follower, follower);
        Assert.True(Watches(follower));
        await follower.StopAsync();
        Assert.True(File.Exists(_folder["music/last.ttml"]));

        // A new start finds nothing to do, even when what was remembered is lost.
        Directory.Delete(_folder["data/watch/library"], recursive: true);
        await using var again = await LibrettoProcess.ServeAsync(_folder["data"], one, database, "", environment);
        File.Copy(Samples.TwoLines, _folder["music/after.wav"]);
        await AppearsAsync("music/after.ttml", again, again);
        Assert.Equal(4, (await JobsAsync(client)).Count);
    }

    private static bool Watches(LibrettoProcess server) => server.Log.Any(line => line.Contains("Watching ", StringComparison.Ordinal));

    private static async Task<List<JsonElement>> JobsAsync(JobClient client) =>
        [.. (await client.GetAsync("/api/jobs")).Json.GetProperty("jobs").EnumerateArray()];

    private static Task HasJobsAsync(JobClient client, int count) => UntilAsync(
        async () => (await JobsAsync(client)).Count == count, () => $"there are not {count} jobs");

    private Task AppearsAsync(string file, LibrettoProcess first, LibrettoProcess second) => UntilAsync(
        () => Task.FromResult(File.Exists(_folder[file])), () => $"{file} is missing\n{string.Join('\n', first.Log.Concat(second.Log))}");

    private static async Task UntilAsync(Func<Task<bool>> isSo, Func<string> otherwise)
    {
        for (var since = DateTime.UtcNow; !await isSo(); await Task.Delay(100, Ct))
            Assert.True(DateTime.UtcNow - since < s_patience, otherwise());
    }
}
