using System.Text;
using Libretto.Storage;
using Libretto.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Storage;

public sealed class DiskContentStoreTests : IDisposable
{
    private static readonly ContentDescription Text = new("text/plain") { Tags = new Dictionary<string, string> { ["method"] = "by hand" } };
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly DiskContentStore _store;

    public DiskContentStoreTests() => _store = new DiskContentStore(_folder["store"], _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_put_is_read_back_with_its_description()
    {
        await _store.PutAsync("results/one", Bytes("first"), Text, Ct);

        await using var reading = await _store.OpenAsync("results/one", Ct);

        Assert.Equal("first", await new StreamReader(reading!.Stream).ReadToEndAsync(Ct));
        Assert.Equal(5, reading.Content.Length);
        Assert.Equal("by hand", reading.Content.Description.Tags["method"]);
        Assert.Equal("a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e", reading.Content.Sha256);
        Assert.Equal(_time.GetUtcNow(), reading.Content.StoredAt);
    }

    [Fact]
    public async Task A_stream_read_can_seek()
    {
        await _store.PutAsync("results/one", Bytes("0123456789"), Text, Ct);
        await using var reading = await _store.OpenAsync("results/one", Ct);

        reading!.Stream.Seek(7, SeekOrigin.Begin);

        Assert.Equal("789", await new StreamReader(reading.Stream).ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task A_later_put_takes_the_place_of_an_earlier()
    {
        await _store.PutAsync("a/b", Bytes("old"), Text, Ct);
        await _store.PutAsync("a/b", Bytes("new"), Text, Ct);

        Assert.Equal("new", await ReadAsync("a/b"));
    }

    [Fact]
    public async Task Added_content_lies_under_its_hash_once()
    {
        var first = await _store.AddAsync("audio", Bytes("song"), Text, Ct);
        var again = await _store.AddAsync("audio", Bytes("song"), new ContentDescription("audio/flac"), Ct);

        Assert.Equal("audio/" + first.Sha256, first.Key);
        Assert.Equivalent(first, again);
        Assert.Single(Directory.GetFiles(_folder["store/blobs"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_false()
    {
        Assert.Null(await _store.FindAsync("a/b", Ct));
        Assert.Null(await _store.OpenAsync("a/b", Ct));
        Assert.False(await _store.RemoveAsync("a/b", Ct));
        Assert.Empty(await _store.ListAsync(cancellationToken: Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_writer_that_fails_leaves_the_old_content_and_no_file()
    {
        await _store.PutAsync("a/b", Bytes("old"), Text, Ct);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _store.PutAsync("a/b", new BreakingStream(), Text, Ct));

        Assert.Equal("old", await ReadAsync("a/b"));
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task Sweeping_frees_what_no_key_names_after_an_hour()
    {
        await _store.PutAsync("a/b", Bytes("old"), Text, Ct);
        await _store.PutAsync("a/b", Bytes("newer"), Text, Ct);

        Assert.Equal(0, await _store.SweepAsync(Ct));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(3, await _store.SweepAsync(Ct));

        Assert.Equal("newer", await ReadAsync("a/b"));
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task Listing_finds_keys_by_prefix()
    {
        await _store.PutAsync("results/one", Bytes("1"), Text, Ct);
        await _store.PutAsync("results/two", Bytes("2"), Text, Ct);
        await _store.PutAsync("audio/one", Bytes("3"), Text, Ct);

        var keys = await _store.ListAsync("results/", Ct).Select(content => content.Key).Order().ToListAsync(Ct);

        Assert.Equal(["results/one", "results/two"], keys);
    }

    [Fact]
    public async Task Writers_of_the_same_key_at_once_leave_one_of_their_contents()
    {
        var contents = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 5000)).ToList();

        await Task.WhenAll(contents.Select(content => Task.Run(() => _store.PutAsync("a/b", Bytes(content), Text, Ct), Ct)));

        Assert.Contains(await ReadAsync("a/b"), contents);
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task An_entry_that_is_damaged_is_as_good_as_none()
    {
        await _store.PutAsync("a/b", Bytes("old"), Text, Ct);
        await File.WriteAllTextAsync(_folder["store/entries/a/b.json"], "{ half", Ct);

        Assert.Null(await _store.FindAsync("a/b", Ct));
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/.hidden")]
    [InlineData("A/b")]
    [InlineData("a\\b")]
    public async Task A_key_that_is_no_key_is_refused(string key) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _store.FindAsync(key, Ct));

    [Fact]
    public void Keys_made_of_parts_tell_the_parts_apart()
    {
        Assert.NotEqual(ContentKey.Of("link", "ab", "c"), ContentKey.Of("link", "a", "bc"));
        Assert.Equal(ContentKey.Of("link", "ab", "c"), ContentKey.Of("link", "ab", "c"));
    }

    [Fact]
    public void A_process_folder_is_swept_only_when_its_process_is_gone()
    {
        using var mine = new ProcessFolder(_folder["work"]);
        var dead = Directory.CreateDirectory(Path.Combine(_folder["work"], "dead")).FullName;
        File.WriteAllText(Path.Combine(dead, "lock"), "");
        File.WriteAllText(Path.Combine(dead, "song"), "");
        var other = new ProcessFolder(_folder["work"]);

        Assert.Equal(1, mine.SweepDead());
        Assert.True(Directory.Exists(other.Path));
        other.Dispose();
        Assert.Equal([mine.Path], Directory.GetDirectories(_folder["work"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_clear_error()
    {
        File.WriteAllText(_folder["file"], "");

        var error = Assert.Throws<StorageException>(() => new DiskContentStore(_folder["file"]));

        Assert.Equal("store_unwritable", error.Code);
    }

    private string[] TemporaryFiles() =>
        Directory.GetFiles(_folder["store/incoming"], "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock").ToArray();

    private async Task<string> ReadAsync(string key)
    {
        await using var reading = await _store.OpenAsync(key, Ct);
        return await new StreamReader(reading!.Stream).ReadToEndAsync(Ct);
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Gives some bytes, then breaks, as a client that goes away does.</summary>
    private sealed class BreakingStream : MemoryStream
    {
        private bool _given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given)
                throw new InvalidOperationException("gone");
            _given = true;
            return ValueTask.FromResult(10);
        }
    }
}
