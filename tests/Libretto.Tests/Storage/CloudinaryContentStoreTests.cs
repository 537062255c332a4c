using System.Security.Cryptography;
using Libretto.Storage;
using Libretto.Storage.Cloudinary;
using Libretto.Tests.Support;

namespace Libretto.Tests.Storage;

/// <summary>The contract against a server that checks what Cloudinary checks, and its limits and refusals.</summary>
public sealed class CloudinaryContentStoreTests : ContentStoreContract
{
    private readonly HttpClient _http = new();
    private CloudinaryServer _server = null!;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _http.Dispose();
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Parameters_are_signed_as_in_the_documentation()
    {
        var signer = new CloudinarySigner(Options);

        var signed = signer.Sign(
            new Dictionary<string, string> { ["public_id"] = "sample_image", ["eager"] = "w_400,h_300,c_pad|w_260,h_200,c_crop" },
            DateTimeOffset.FromUnixTimeSeconds(1315060510));

        Assert.Equal("bfd09f95f331f558cbd1320e67aa8d488770583e", signed["signature"]);
    }

    [Fact]
    public async Task Sound_is_a_video_there_and_all_else_is_raw()
    {
        await Store.PutAsync("audio/one", Bytes("sound"), new ContentDescription("audio/flac"), Ct);
        await Store.PutAsync("results/one", Bytes("{}"), new ContentDescription("application/json"), Ct);

        Assert.Contains("POST v1_1/testcloud/video/upload", _server.Requests);
        Assert.Contains("POST v1_1/testcloud/raw/upload", _server.Requests);
    }

    [Fact]
    public async Task Large_content_goes_in_chunks_that_name_their_range()
    {
        await Store.PutAsync("audio/large", new MemoryStream(new byte[13_000_000]), new ContentDescription("audio/flac"), Ct);

        Assert.Equal(
            ["bytes 0-5999999/13000000", "bytes 6000000-11999999/13000000", "bytes 12000000-12999999/13000000"],
            _server.Requests.Where(request => request.Contains("bytes ", StringComparison.Ordinal)).Select(request => request[request.IndexOf("bytes ", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task A_miss_costs_no_call_of_the_admin_api()
    {
        for (var i = 0; i < 10; i++)
            Assert.Null(await Store.FindAsync($"results/{i}", Ct));

        Assert.Equal(500, _server.AdminCallsLeft);
    }

    [Fact]
    public async Task When_the_calls_of_the_hour_are_used_up_none_is_sent_until_they_are_back()
    {
        await Store.PutAsync("results/one", Bytes("1"), Text, Ct);
        await Store.PutAsync("results/two", Bytes("2"), Text, Ct);
        using var other = Open(Options);
        _server.AdminCallsLeft = 1;
        await other.FindAsync("results/one", Ct);
        var before = _server.Requests.Count(IsAdmin);

        var error = await Assert.ThrowsAsync<StorageException>(() => other.FindAsync("results/two", Ct));

        Assert.Equal("store_busy", error.Code);
        Assert.True(error.IsTransient);
        Assert.Equal(before, _server.Requests.Count(IsAdmin));
        _server.AdminCallsLeft = 500;
        Time.Advance(TimeSpan.FromMinutes(31));
        Assert.NotNull(await other.FindAsync("results/two", Ct));
    }

    [Fact]
    public async Task Songs_posted_again_cost_no_call_of_the_admin_api()
    {
        using var tiers = new TieredContentStore(new DiskContentStore(Folder["tier"], Time), Open(Options), Time);
        var song = new ContentDescription("audio/mpeg");
        for (var i = 0; i < 5; i++)
        {
            var added = await tiers.AddAsync("audio", Bytes("sound"), song, Ct);
            await tiers.Remote.FindAsync(added.Key, Ct);
        }
        await tiers.Remote.PutAsync("results/one", Bytes("1"), Text, Ct);
        Assert.Equal("by hand", (await tiers.Remote.FindAsync("results/one", Ct))!.Description.Tags["method"]);
        Assert.Equal(500, _server.AdminCallsLeft);

        // Another machine asks once for what it did not store.
        using var other = Open(Options);
        for (var i = 0; i < 5; i++)
            Assert.NotNull(await other.FindAsync("results/one", Ct));
        Assert.Equal(499, _server.AdminCallsLeft);
    }

    [Fact]
    public async Task An_index_does_not_outlive_what_it_tells_of()
    {
        await Store.PutAsync("results/one", Bytes("1"), Text, Ct);
        using var other = Open(Options);
        await other.PutAsync("results/one", Bytes("22"), Text, Ct);
        Assert.Equal(2, (await Store.FindAsync("results/one", Ct))!.Length);
        await other.RemoveAsync("results/one", Ct);
        Assert.Null(await Store.FindAsync("results/one", Ct));
    }

    [Fact]
    public async Task Used_up_admin_calls_rest_neither_uploads_nor_reading()
    {
        await Store.PutAsync("results/elsewhere", Bytes("0"), Text, Ct);
        using var tiers = new TieredContentStore(new DiskContentStore(Folder["tier"], Time), Open(Options), Time);
        _server.AdminCallsLeft = 0;
        await Assert.ThrowsAsync<StorageException>(() => tiers.Remote.CheckAsync(Ct));
        Assert.Null(await tiers.FindAsync("results/elsewhere", Ct));

        await tiers.PutAsync("results/one", Bytes("1"), Text, Ct);

        Assert.Equal((0, 0), await tiers.SendUnsentAsync(Ct));
        Assert.Contains(_server.Requests, request => request.EndsWith("raw/upload", StringComparison.Ordinal) && _server.AdminCallsLeft < 0);
        Assert.NotNull(await tiers.Remote.FindAsync("results/one", Ct));
        await tiers.CheckAsync(Ct);
    }

    [Fact]
    public async Task An_answer_that_says_too_many_requests_is_obeyed()
    {
        _server.AdminCallsLeft = 0;

        var error = await Assert.ThrowsAsync<StorageException>(() => Store.CheckAsync(Ct));

        Assert.Equal("store_busy", error.Code);
        Assert.Contains("until", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_opens_the_content_and_cannot_be_changed()
    {
        await Store.PutAsync("audio/one", Bytes("sound"), new ContentDescription("audio/flac"), Ct);

        var link = await Store.LinkAsync("audio/one", TimeSpan.FromMinutes(5), Ct);
        var over = await Store.LinkAsync("audio/one", TimeSpan.FromMinutes(-5), Ct);

        Assert.Equal("sound", await _http.GetStringAsync(link, Ct));
        using var forged = await _http.GetAsync(new Uri(link!.AbsoluteUri.Replace("one", "two", StringComparison.Ordinal)), Ct);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, forged.StatusCode);
        using var late = await _http.GetAsync(over, Ct);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.DoesNotContain(CloudinaryServer.Secret, link.AbsoluteUri, StringComparison.Ordinal);
        Assert.Null(await Store.LinkAsync("audio/none", TimeSpan.FromMinutes(5), Ct));
    }

    [Fact]
    public async Task Sha256_signatures_are_made_where_the_account_wants_them()
    {
        using var store = Open(Options with { Signature = HashAlgorithmName.SHA256 });

        await store.PutAsync("results/one", Bytes("1"), Text, Ct);

        Assert.NotNull(await Store.FindAsync("results/one", Ct));
    }

    [Fact]
    public async Task Tags_that_do_not_fit_are_left_out_and_the_rest_stays()
    {
        var tags = new Dictionary<string, string> { ["long"] = new('x', 300), ["short"] = "y" };
        await Store.PutAsync("results/one", Bytes("1"), new ContentDescription("text/plain") { Tags = tags }, Ct);

        Assert.Equal(new Dictionary<string, string> { ["short"] = "y" }, (await Store.FindAsync("results/one", Ct))!.Description.Tags);
    }

    [Fact]
    public async Task Wrong_keys_say_which_variables_to_look_at_and_never_what_was_signed()
    {
        using var store = Open(Options with { Secret = "wrong-secret" });

        foreach (var attempt in new Func<Task>[] { () => store.CheckAsync(Ct), () => store.PutAsync("a/b", Bytes("1"), Text, Ct) })
        {
            var error = await Assert.ThrowsAsync<StorageException>(attempt);
            Assert.Equal("store_refused", error.Code);
            Assert.Contains("CLOUDINARY_API_SECRET", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-secret", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("String to sign", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cloud_that_is_not_there_is_named()
    {
        using var store = Open(Options with { Cloud = "elsewhere" });

        var error = await Assert.ThrowsAsync<StorageException>(() => store.CheckAsync(Ct));

        Assert.Equal("store_missing", error.Code);
        Assert.Contains("elsewhere", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_said_to_be()
    {
        Time.Advance(TimeSpan.FromHours(3));

        var error = await Assert.ThrowsAsync<StorageException>(() => Store.PutAsync("a/b", Bytes("1"), Text, Ct));

        Assert.Contains("clock", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_nonsense_is_a_passing_trouble()
    {
        _server.Trouble = async context => await context.Response.Body.WriteAsync("<html>"u8.ToArray());

        var error = await Assert.ThrowsAsync<StorageException>(() => Store.CheckAsync(Ct));

        Assert.Equal("store_unreachable", error.Code);
    }

    [Theory]
    [InlineData(500, "store_unreachable")]
    [InlineData(503, "store_unreachable")]
    [InlineData(403, "store_refused")]
    [InlineData(429, "store_busy")]
    public async Task Each_status_becomes_a_code(int status, string code)
    {
        _server.Trouble = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        var error = await Assert.ThrowsAsync<StorageException>(() => Store.PutAsync("a/b", Bytes("1"), Text, Ct));

        Assert.Equal(code, error.Code);
        Assert.True(error.IsRemote);
    }

    private CloudinaryOptions Options => new(CloudinaryServer.Cloud)
    {
        Folder = "libretto/",
        Key = CloudinaryServer.Key,
        Secret = CloudinaryServer.Secret,
        Api = _server.Address,
        Delivery = _server.Address,
        LargestPost = 7_000_000,
        ChunkBytes = 6_000_000,
    };

    private protected override async Task<IContentStore> OpenAsync()
    {
        _server = await CloudinaryServer.StartAsync();
        return Open(Options);
    }

    private CloudinaryContentStore Open(CloudinaryOptions options) => new(options, _http, Folder["store/incoming"], Time);

    private static bool IsAdmin(string request) => request.Contains("/resources/", StringComparison.Ordinal) || request.EndsWith("/ping", StringComparison.Ordinal);
}
