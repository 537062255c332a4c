using System.Text;
using Libretto.Storage;
using Libretto.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Storage;

public sealed class StoreMaintenanceTests : IDisposable
{
    private static readonly ContentDescription Text = new("text/plain");
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly DiskContentStore _store;

    public StoreMaintenanceTests() => _store = new DiskContentStore(_folder.Path, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_store_is_measured_by_kind_and_shared_bytes_are_counted_once()
    {
        await PutAsync("audio/one", "sound");
        await PutAsync("audio/two", "sound");
        await PutAsync("lyrics/one", "words words");

        var uses = await StoreMaintenance.MeasureAsync(_store, Ct);

        Assert.Equal([("lyrics", 1, 11L), ("audio", 2, 5L)], uses.Select(use => (use.Kind, use.Count, use.Bytes)));
    }

    [Fact]
    public async Task Pruning_by_age_removes_what_is_older()
    {
        await PutAsync("a/old", "1");
        _time.Advance(TimeSpan.FromDays(2));
        await PutAsync("a/new", "22");

        Assert.Equal((1, 1L), await StoreMaintenance.PruneAsync(_store, _time.GetUtcNow() - TimeSpan.FromDays(1), null, Ct));

        Assert.Equal(["a/new"], await KeysAsync());
        Assert.Single(Directory.GetFiles(_folder["blobs"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Pruning_by_size_removes_the_oldest_until_the_rest_fits()
    {
        foreach (var key in new[] { "a/1", "a/2", "a/3" })
        {
            await PutAsync(key, $"{key} has ten");
            _time.Advance(TimeSpan.FromHours(2));
        }

        Assert.Equal((2, 22L), await StoreMaintenance.PruneAsync(_store, null, 20, Ct));

        Assert.Equal(["a/3"], await KeysAsync());
    }

    [Fact]
    public async Task Pruning_leaves_what_waits_to_be_sent()
    {
        await PutAsync("a/waits", "1");
        await PutAsync(TieredContentStore.Unsent + "a/waits", "");
        await PutAsync("a/sent", "2");

        await StoreMaintenance.PruneAsync(_store, null, 0, Ct);

        Assert.Equal(["a/waits", "unsent/a/waits"], await KeysAsync());
    }

    [Fact]
    public async Task Verifying_finds_changed_bytes_and_missing_ones()
    {
        await PutAsync("a/whole", "1");
        var changed = await PutAsync("a/changed", "22");
        var missing = await PutAsync("a/missing", "333");
        await File.WriteAllTextAsync(BlobOf(changed), "2x", Ct);
        File.Delete(BlobOf(missing));

        Assert.Equal(["a/changed", "a/missing"], await StoreMaintenance.FindDamagedAsync(_store, Ct).Order().ToListAsync(Ct));
    }

    private string BlobOf(StoredContent content) => _folder[$"blobs/{content.Sha256[..2]}/{content.Sha256}"];

    private Task<StoredContent> PutAsync(string key, string text) => _store.PutAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(text)), Text, Ct);

    private async Task<List<string>> KeysAsync() => await _store.ListAsync(cancellationToken: Ct).Select(content => content.Key).Order().ToListAsync(Ct);
}
