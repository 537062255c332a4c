using Libretto.Storage;
using Libretto.Storage.S3;
using Libretto.Tests.Support;
using Microsoft.Extensions.Logging.Testing;

namespace Libretto.Tests.Storage;

/// <summary>The contract for a disk in front of a real S3 server, and what becomes of content while that server is in trouble.</summary>
public sealed class TieredContentStoreTests(S3Server server) : ContentStoreContract
{
    private readonly string _prefix = $"{Guid.NewGuid():N}/";
    private readonly FakeLogger<TieredContentStore> _log = new();
    private S3Gate _gate = null!;

    private TieredContentStore Tiers => (TieredContentStore)Store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _gate.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_one_machine_stored_another_reads_and_then_has_on_its_disk()
    {
        await Store.PutAsync("results/one", Bytes("first"), Text, Ct);
        using var other = OpenOn("other");

        Assert.Equal("by hand", (await other.FindAsync("results/one", Ct))!.Description.Tags["method"]);
        await using (var reading = await other.OpenAsync("results/one", Ct))
            Assert.Equal("first", await new StreamReader(reading!.Stream).ReadToEndAsync(Ct));

        Assert.NotNull(await other.Local.FindAsync("results/one", Ct));
    }

    [Fact]
    public async Task Fifty_readers_at_once_fetch_it_once()
    {
        await Store.PutAsync("audio/one", Bytes("sound"), Text, Ct);
        using var other = OpenOn("other");
        var before = _gate.Requests(HttpMethod.Get);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => await (await other.OpenAsync("audio/one", Ct))!.DisposeAsync()));

        Assert.Equal(before + 1, _gate.Requests(HttpMethod.Get));
    }

    [Fact]
    public async Task While_the_store_is_down_content_stays_here_and_is_sent_when_it_is_back()
    {
        _gate.Status = 503;

        await Store.PutAsync("results/one", Bytes("first"), Text, Ct);
        await Store.PutAsync("results/two", Bytes("second"), Text, Ct);

        Assert.Equal("first", await ReadAsync("results/one"));
        Assert.Null(await Store.FindAsync("results/none", Ct));
        Assert.Null(await Store.LinkAsync("results/one", TimeSpan.FromHours(1), Ct));
        Assert.Equal((0, 2), await Tiers.SendUnsentAsync(Ct));
        _gate.Status = null;
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((2, 0), await Tiers.SendUnsentAsync(Ct));
        using var other = OpenOn("other");
        Assert.NotNull(await other.FindAsync("results/two", Ct));
        Assert.NotNull(await Store.LinkAsync("results/one", TimeSpan.FromHours(1), Ct));
    }

    [Fact]
    public async Task What_is_removed_while_the_store_is_down_does_not_come_back()
    {
        await Store.PutAsync("results/one", Bytes("first"), Text, Ct);
        using var other = OpenOn("other");
        _gate.Status = 503;

        Assert.True(await Store.RemoveAsync("results/one", Ct));

        _gate.Status = null;
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Store.FindAsync("results/one", Ct));
        Assert.Null(await Store.OpenAsync("results/one", Ct));
        Assert.Null(await Store.LinkAsync("results/one", TimeSpan.FromHours(1), Ct));
        Assert.Empty(await ListAsync("results/"));
        Assert.False(await Store.RemoveAsync("results/none", Ct));
        Assert.NotNull(await other.FindAsync("results/one", Ct));
        // Another process on the same disk goes on with it.
        using var next = OpenOn("store");
        Assert.Equal((1, 0), await next.SendUnsentAsync(Ct));
        Assert.Null(await other.FindAsync("results/one", Ct));
        Assert.Equal((0, 0), await next.SendUnsentAsync(Ct));
        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task What_is_stored_again_after_its_removal_stays()
    {
        await Store.PutAsync("results/one", Bytes("first"), Text, Ct);
        var added = await Store.AddAsync("audio", Bytes("sound"), Text, Ct);
        _gate.Status = 503;
        await Store.RemoveAsync("results/one", Ct);
        await Store.RemoveAsync(added.Key, Ct);
        await Store.PutAsync("results/one", Bytes("second"), Text, Ct);
        await Store.AddAsync("audio", Bytes("sound"), Text, Ct);
        _gate.Status = null;
        Time.Advance(TimeSpan.FromMinutes(1));

        await Tiers.SendUnsentAsync(Ct);

        using var other = OpenOn("other");
        await using (var reading = await other.OpenAsync("results/one", Ct))
            Assert.Equal("second", await new StreamReader(reading!.Stream).ReadToEndAsync(Ct));
        Assert.NotNull(await other.FindAsync(added.Key, Ct));
    }

    [Fact]
    public async Task Content_that_is_removed_before_it_was_sent_is_not_sent()
    {
        _gate.Status = 503;
        await Store.PutAsync("results/one", Bytes("first"), Text, Ct);
        await Store.RemoveAsync("results/one", Ct);
        _gate.Status = null;
        Time.Advance(TimeSpan.FromMinutes(1));
        await Tiers.SendUnsentAsync(Ct);
        using var other = OpenOn("other");
        Assert.Null(await other.FindAsync("results/one", Ct));
    }

    [Theory]
    [InlineData(503, "SlowDown", "store_busy", "limits requests")]
    [InlineData(400, "ExpiredToken", "store_refused", "AWS_SESSION_TOKEN")]
    [InlineData(403, "InvalidAccessKeyId", "store_refused", "AWS_ACCESS_KEY_ID")]
    [InlineData(301, "PermanentRedirect", "store_refused", "?region=")]
    [InlineData(400, "AuthorizationHeaderMalformed", "store_refused", "?region=")]
    [InlineData(403, "RequestTimeTooSkewed", "store_refused", "clock")]
    [InlineData(500, "InternalError", "store_unreachable", "cannot be reached")]
    public async Task What_the_service_says_becomes_what_is_to_be_done_and_costs_no_content(int status, string code, string is_, string says)
    {
        (_gate.Status, _gate.ErrorCode) = (status, code);

        var error = await Assert.ThrowsAsync<StorageException>(() => Store.CheckAsync(Ct));
        await Store.PutAsync("results/one", Bytes("first"), Text, Ct);

        Assert.Equal(is_, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal("first", await ReadAsync("results/one"));
    }

    [Fact]
    public async Task Trouble_is_told_once_and_the_store_is_left_alone_for_a_moment()
    {
        _gate.Status = 403;

        for (var i = 0; i < 10; i++)
            Assert.Null(await Store.FindAsync($"results/{i}", Ct));

        Assert.Single(_log.Collector.GetSnapshot());
        Assert.Equal(1, _gate.Requests(HttpMethod.Head));
        Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(await Store.FindAsync("results/one", Ct));
        Assert.Equal(2, _gate.Requests(HttpMethod.Head));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_waited_for_five_seconds_at_most()
    {
        _gate.IsSilent = true;

        var finding = Store.FindAsync("results/one", Ct);
        await _gate.AskedAsync();
        Assert.False(finding.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Null(await finding.WaitAsync(TimeSpan.FromSeconds(60), Ct));
        Assert.Contains("too slow", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_dies_while_sending_has_marked_what_it_sent()
    {
        _gate.IsSilent = true;
        var putting = Store.PutAsync("results/one", Bytes("first"), Text, Ct);
        await _gate.AskedAsync();

        // As a process that begins anew on the same disk.
        using var next = OpenOn("store");
        _gate.IsSilent = false;

        Assert.Equal((1, 0), await next.SendUnsentAsync(Ct));
        Time.Advance(TimeSpan.FromMinutes(1));
        await putting;
    }

    [Fact]
    public async Task Content_that_was_changed_in_the_store_is_a_miss()
    {
        await Store.PutAsync("results/one", Bytes("first"), Text, Ct);
        using var other = OpenOn("other");
        _gate.DamageBodies = true;

        Assert.Null(await other.OpenAsync("results/one", Ct));
        Assert.Null(await other.Local.FindAsync("results/one", Ct));
    }

    [Fact]
    public async Task A_check_tells_the_trouble_and_does_not_ask_every_time()
    {
        await Store.CheckAsync(Ct);
        await Store.CheckAsync(Ct);
        Assert.Equal(1, _gate.Requests(HttpMethod.Put));
        _gate.Status = 403;
        Time.Advance(TimeSpan.FromMinutes(6));

        var error = await Assert.ThrowsAsync<StorageException>(() => Store.CheckAsync(Ct));

        Assert.True(error.IsRemote);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_while_sending_stops_at_once()
    {
        _gate.IsSilent = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var putting = Store.PutAsync("results/one", Bytes("first"), Text, stop.Token);
        await _gate.AskedAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => putting);
    }

    private async Task<List<string>> ListAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (var content in Store.ListAsync(prefix, cancellationToken: Ct))
            keys.Add(content.Key);
        return keys;
    }

    private protected override async Task<IContentStore> OpenAsync()
    {
        await server.StartAsync();
        _gate = await S3Gate.StartAsync(server);
        return OpenOn("store");
    }

    private TieredContentStore OpenOn(string folder)
    {
        var options = new S3Options(S3Server.Bucket)
        {
            Prefix = _prefix, Endpoint = _gate.Address, Region = "us-east-1", UsesPathStyle = true, AccessKey = S3Server.Key, SecretKey = S3Server.Key, Retries = 0,
        };
        return new TieredContentStore(new DiskContentStore(Folder[folder], Time), new S3ContentStore(options, Folder[folder + "/incoming"], Time), Time, _log);
    }
}
