using Libretto.Storage;
using Libretto.Tests.Support;

namespace Libretto.Tests.Storage;

public sealed class DiskContentStoreTests : ContentStoreContract
{
    private DiskContentStore Disk => (DiskContentStore)Store;

    [Fact]
    public async Task The_same_bytes_again_cost_no_more_space()
    {
        await Store.AddAsync("audio", Bytes("song"), Text, Ct);
        await Store.PutAsync("results/one", Bytes("song"), Text, Ct);

        Assert.Single(Directory.GetFiles(Folder["store/blobs"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Sweeping_frees_what_no_key_names_after_an_hour()
    {
        await Store.PutAsync("a/b", Bytes("old"), Text, Ct);
        await Store.PutAsync("a/b", Bytes("newer"), Text, Ct);

        Assert.Equal(0, await Disk.SweepAsync(Ct));
        Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(3, await Disk.SweepAsync(Ct));

        Assert.Equal("newer", await ReadAsync("a/b"));
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task An_entry_that_is_damaged_is_as_good_as_none()
    {
        await Store.PutAsync("a/b", Bytes("old"), Text, Ct);
        await File.WriteAllTextAsync(Folder["store/entries/a/b.json"], "{ half", Ct);

        Assert.Null(await Store.FindAsync("a/b", Ct));
    }

    [Fact]
    public async Task A_folder_has_no_links_of_its_own()
    {
        await Store.PutAsync("a/b", Bytes("old"), Text, Ct);

        Assert.Null(await Store.LinkAsync("a/b", TimeSpan.FromHours(1), Ct));
    }

    [Fact]
    public void Keys_made_of_parts_tell_the_parts_apart()
    {
        Assert.NotEqual(ContentKey.Of("link", "ab", "c"), ContentKey.Of("link", "a", "bc"));
        Assert.Equal(ContentKey.Of("link", "ab", "c"), ContentKey.Of("link", "ab", "c"));
    }

    [Fact]
    public void A_process_folder_is_swept_only_when_its_process_is_gone()
    {
        using var mine = new TemporaryFolder(Folder["work"]);
        var dead = Directory.CreateDirectory(Path.Combine(Folder["work"], "dead")).FullName;
        File.WriteAllText(Path.Combine(dead, "lock"), "");
        File.WriteAllText(Path.Combine(dead, "song"), "");
        var other = new TemporaryFolder(Folder["work"]);

        Assert.Equal(1, mine.SweepDead());
        Assert.True(Directory.Exists(other.Path));
        other.Dispose();
        Assert.Equal([mine.Path], Directory.GetDirectories(Folder["work"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_clear_error()
    {
        File.WriteAllText(Folder["file"], "");

        var error = Assert.Throws<StorageException>(() => new DiskContentStore(Folder["file"]));

        Assert.Equal("store_unwritable", error.Code);
    }

    private protected override Task<IContentStore> OpenAsync() => Task.FromResult<IContentStore>(new DiskContentStore(Folder["store"], Time));
}
