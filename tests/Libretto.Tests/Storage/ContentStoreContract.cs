using System.Security.Cryptography;
using System.Text;
using Libretto.Storage;
using Libretto.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Storage;

/// <summary>What every store must do, whatever lies behind it.</summary>
public abstract class ContentStoreContract : IAsyncLifetime
{
    private protected static readonly ContentDescription Text = new("text/plain") { Tags = new Dictionary<string, string> { ["method"] = "by hand" } };

    private protected ScratchFolder Folder { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    private protected IContentStore Store { get; private set; } = null!;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        (Store as IDisposable)?.Dispose();
        Folder.Dispose();
        await Task.CompletedTask;
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_was_put_is_read_back_with_its_description()
    {
        var put = await Store.PutAsync("results/one", Bytes("first"), Text, Ct);

        await using var reading = await Store.OpenAsync("results/one", Ct);

        Assert.Equal("first", await new StreamReader(reading!.Stream).ReadToEndAsync(Ct));
        Assert.Equal(5, reading.Content.Length);
        Assert.Equal("text/plain", reading.Content.Description.ContentType);
        Assert.Equal("by hand", reading.Content.Description.Tags["method"]);
        Assert.Equal("a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e", reading.Content.Sha256);
        Assert.Equal(Time.GetUtcNow(), reading.Content.StoredAt);
        Assert.Equivalent(put, reading.Content);
    }

    [Fact]
    public async Task Tags_may_hold_any_characters()
    {
        var tags = new Dictionary<string, string> { ["title"] = "a=b|c&d%20\\ \"Für Élise\" 歌", ["duration"] = "212.34" };
        await Store.PutAsync("audio/one", Bytes("sound"), new ContentDescription("audio/flac") { Tags = tags }, Ct);

        var found = await Store.FindAsync("audio/one", Ct);

        Assert.Equal(tags, found!.Description.Tags);
        Assert.Equal("audio/flac", found.Description.ContentType);
    }

    [Fact]
    public async Task A_stream_read_can_seek_to_and_fro()
    {
        await Store.PutAsync("results/one", Bytes("0123456789"), Text, Ct);
        await using var reading = await Store.OpenAsync("results/one", Ct);
        var part = new byte[3];

        reading!.Stream.Seek(-3, SeekOrigin.End);
        await reading.Stream.ReadExactlyAsync(part, Ct);
        Assert.Equal("789", Encoding.ASCII.GetString(part));
        reading.Stream.Position = 2;
        await reading.Stream.ReadExactlyAsync(part, Ct);
        Assert.Equal("234", Encoding.ASCII.GetString(part));
        Assert.Equal(10, reading.Stream.Length);
        reading.Stream.Position = 10;
        Assert.Equal(0, await reading.Stream.ReadAsync(part, Ct));
    }

    [Fact]
    public async Task Large_content_comes_back_byte_for_byte()
    {
        var content = new byte[12_345_678];
        new Random(1).NextBytes(content);
        var put = await Store.PutAsync("stems/large", new MemoryStream(content), new ContentDescription("audio/flac"), Ct);

        await using var reading = await Store.OpenAsync("stems/large", Ct);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), put.Sha256);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(reading!.Stream, Ct));
    }

    [Fact]
    public async Task Content_may_be_empty()
    {
        await Store.PutAsync("results/none", Bytes(""), Text, Ct);

        await using var reading = await Store.OpenAsync("results/none", Ct);

        Assert.Equal(0, reading!.Content.Length);
        Assert.Equal(0, await reading.Stream.ReadAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task A_later_put_takes_the_place_of_an_earlier()
    {
        await Store.PutAsync("a/b", Bytes("old"), Text, Ct);
        await Store.PutAsync("a/b", Bytes("newer"), Text, Ct);

        Assert.Equal("newer", await ReadAsync("a/b"));
    }

    [Fact]
    public async Task Added_content_lies_under_its_hash_and_the_first_words_stay()
    {
        var first = await Store.AddAsync("audio", Bytes("song"), Text, Ct);
        var again = await Store.AddAsync("audio", Bytes("song"), new ContentDescription("audio/flac"), Ct);

        Assert.Equal("audio/" + first.Sha256, first.Key);
        Assert.Equivalent(first, again);
        Assert.Equal("song", await ReadAsync(first.Key));
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_false()
    {
        Assert.Null(await Store.FindAsync("a/b", Ct));
        Assert.Null(await Store.OpenAsync("a/b", Ct));
        Assert.False(await Store.RemoveAsync("a/b", Ct));
        Assert.Empty(await Store.ListAsync("nothing/", cancellationToken: Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task What_was_removed_is_gone()
    {
        await Store.PutAsync("a/b", Bytes("old"), new ContentDescription("audio/flac"), Ct);

        Assert.True(await Store.RemoveAsync("a/b", Ct));

        Assert.Null(await Store.FindAsync("a/b", Ct));
        Assert.False(await Store.RemoveAsync("a/b", Ct));
    }

    [Fact]
    public async Task A_writer_that_fails_leaves_the_old_content_and_no_file()
    {
        await Store.PutAsync("a/b", Bytes("old"), Text, Ct);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.PutAsync("a/b", new BreakingStream(), Text, Ct));

        Assert.Equal("old", await ReadAsync("a/b"));
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task A_writer_that_is_stopped_leaves_the_old_content_and_no_file()
    {
        await Store.PutAsync("a/b", Bytes("old"), Text, Ct);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync("a/b", Bytes("new"), Text, stop.Token));

        Assert.Equal("old", await ReadAsync("a/b"));
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task Listing_finds_keys_by_prefix()
    {
        await Store.PutAsync("results/one", Bytes("1"), Text, Ct);
        await Store.PutAsync("results/two", Bytes("22"), new ContentDescription("audio/flac"), Ct);
        await Store.PutAsync("audio/one", Bytes("3"), Text, Ct);

        var listed = await Store.ListAsync("results/", cancellationToken: Ct).OrderBy(content => content.Key).ToListAsync(Ct);

        Assert.Equal(["results/one", "results/two"], listed.Select(content => content.Key));
        Assert.Equal([1L, 2L], listed.Select(content => content.Length));
    }

    [Fact]
    public async Task What_is_old_can_be_listed_by_itself()
    {
        await Store.PutAsync("results/old", Bytes("a"), Text, Ct);
        Time.Advance(TimeSpan.FromMinutes(30));
        await Store.PutAsync("results/new", Bytes("b"), Text, Ct);

        var old = await Store.ListAsync("results/", Time.GetUtcNow() - TimeSpan.FromMinutes(15), Ct).ToListAsync(Ct);

        Assert.Equal("results/old", Assert.Single(old).Key);
    }

    [Fact]
    public async Task Writers_of_the_same_key_at_once_leave_one_of_their_contents()
    {
        var contents = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 5000)).ToList();

        await Task.WhenAll(contents.Select(content => Task.Run(() => Store.PutAsync("a/b", Bytes(content), Text, Ct), Ct)));

        Assert.Contains(await ReadAsync("a/b"), contents);
        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task A_store_that_is_well_says_so() => await Store.CheckAsync(Ct);

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/.hidden")]
    [InlineData("A/b")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    public async Task A_key_that_is_no_key_is_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(key, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(key, Bytes(""), Text, Ct));
    }

    private protected abstract Task<IContentStore> OpenAsync();

    private protected async Task<string> ReadAsync(string key)
    {
        await using var reading = await Store.OpenAsync(key, Ct);
        return await new StreamReader(reading!.Stream).ReadToEndAsync(Ct);
    }

    private protected static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private protected string[] TemporaryFiles() =>
        Directory.GetFiles(Folder["store/incoming"], "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock").ToArray();

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
