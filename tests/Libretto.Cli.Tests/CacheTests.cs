using System.Text;
using Libretto.Cli.Tests.Support;
using Libretto.Storage;

namespace Libretto.Cli.Tests;

public sealed class CacheTests : IAsyncLifetime
{
    private readonly LibrettoProgram _libretto = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["cache"];
        using var store = new DiskContentStore(_libretto.Folder["cache/store"]);
        foreach (var (key, text) in new[] { ("audio/one", "sound sound"), ("lyrics/one", "words") })
            await store.PutAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(text)), new ContentDescription("text/plain"), Ct);
    }

    public ValueTask DisposeAsync()
    {
        _libretto.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Stats_tell_what_is_kept_by_kind()
    {
        var run = await _libretto.RunAsync("cache", "stats");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches(@"(?m)^disk +audio +1 +0 kB +\d{4}-\d\d-\d\d +\w.*$", run.Output);
        Assert.Matches(@"(?m)^disk +lyrics +1 ", run.Output);
    }

    [Fact]
    public async Task Pruning_wants_to_know_what_and_says_how_much_went()
    {
        var unsaid = await _libretto.RunAsync("cache", "prune");
        Assert.Equal(2, unsaid.ExitCode);
        Assert.Contains("--older-than", unsaid.Errors, StringComparison.Ordinal);

        Assert.StartsWith("disk: removed 0", (await _libretto.RunAsync("cache", "prune", "--older-than", "1")).Output, StringComparison.Ordinal);
        Assert.StartsWith("disk: removed 2", (await _libretto.RunAsync("cache", "prune", "--larger-than", "0")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("audio", (await _libretto.RunAsync("cache", "stats")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verifying_finds_what_is_damaged_and_removes_it_when_told_to()
    {
        Assert.Equal(0, (await _libretto.RunAsync("cache", "verify")).ExitCode);
        var blob = Directory.GetFiles(_libretto.Folder["cache/store/blobs"], "*", SearchOption.AllDirectories).Single(path => new FileInfo(path).Length == 11);
        await File.WriteAllTextAsync(blob, "sound_sound", Ct);

        var found = await _libretto.RunAsync("cache", "verify");
        Assert.Equal(6, found.ExitCode);
        Assert.Contains("audio/one is damaged", found.Errors, StringComparison.Ordinal);
        Assert.Equal(6, (await _libretto.RunAsync("cache", "verify", "--remove")).ExitCode);
        Assert.Equal(0, (await _libretto.RunAsync("cache", "verify")).ExitCode);
    }

    [Fact]
    public async Task A_servers_folder_is_looked_at_when_named()
    {
        var run = await _libretto.RunAsync("cache", "stats", "--data", _libretto.Folder["server"]);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("audio", run.Output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_libretto.Folder["server/store"]));
    }

    [Theory]
    [InlineData("ftp://songs", 2, "LIBRETTO_STORE is no store")]
    [InlineData("s3://songs?endpoint=http://127.0.0.1:1", 5, "AWS_ACCESS_KEY_ID")]
    [InlineData("cloudinary://nowhere", 5, "CLOUDINARY_API_KEY")]
    public async Task A_store_that_cannot_work_says_why(string store, int exitCode, string words)
    {
        _libretto["LIBRETTO_STORE"] = store;
        foreach (var name in new[] { "AWS_ACCESS_KEY_ID", "CLOUDINARY_API_KEY", "CLOUDINARY_URL" })
            _libretto[name] = "";

        var run = await _libretto.RunAsync("cache", "send");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_tells_of_a_store_that_does_not_answer()
    {
        _libretto["LIBRETTO_STORE"] = "s3://songs?endpoint=http://127.0.0.1:1";
        _libretto["AWS_ACCESS_KEY_ID"] = "id";
        _libretto["AWS_SECRET_ACCESS_KEY"] = "very-secret";

        var run = await _libretto.RunAsync("doctor");

        Assert.Matches(@"(?m)^ +!! +store +store_unreachable ", run.Output);
        Assert.DoesNotContain("very-secret", run.Output + run.Errors, StringComparison.Ordinal);
    }
}
