using Libretto.Storage;
using Libretto.Storage.S3;
using Libretto.Tests.Support;

namespace Libretto.Tests.Storage;

/// <summary>The contract against a real S3 server, and what a service may answer when it does not like us.</summary>
public sealed class S3ContentStoreTests(S3Server server) : ContentStoreContract
{
    [Fact]
    public async Task A_link_opens_the_content_without_a_key_until_it_is_over()
    {
        await Store.PutAsync("audio/one", Bytes("sound"), new ContentDescription("audio/flac"), Ct);
        using var http = new HttpClient();

        var link = await Store.LinkAsync("audio/one", TimeSpan.FromMinutes(5), Ct);
        var forged = new Uri(link!.AbsoluteUri.Replace("audio/one", "audio/two", StringComparison.Ordinal));

        using var answer = await http.GetAsync(link, Ct);
        Assert.Equal("sound", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("audio/flac", answer.Content.Headers.ContentType!.MediaType);
        using var refused = await http.GetAsync(forged, Ct);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        // Whole seconds, counted from another reading of the clock than the end was: earlier by what a busy machine took between them.
        Assert.Matches("X-Amz-Expires=(2[0-9]{2}|300|301)(&|$)", link.Query);
    }

    [Fact]
    public async Task Stores_of_other_prefixes_are_not_seen()
    {
        using var other = Open(Options("other/"));
        await other.PutAsync("a/b", Bytes("theirs"), Text, Ct);

        Assert.Null(await Store.FindAsync("a/b", Ct));
        Assert.DoesNotContain("a/b", await Store.ListAsync(cancellationToken: Ct).Select(content => content.Key).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_wrong_secret_says_which_variables_to_look_at()
    {
        using var store = Open(Options("x/") with { SecretKey = "wrong" });

        var error = await Assert.ThrowsAsync<StorageException>(() => store.CheckAsync(Ct));

        Assert.Equal("store_refused", error.Code);
        Assert.Contains("AWS_SECRET_ACCESS_KEY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        using var store = Open(Options("x/") with { Bucket = "elsewhere" });

        var error = await Assert.ThrowsAsync<StorageException>(() => store.CheckAsync(Ct));

        Assert.Equal("store_missing", error.Code);
        Assert.Contains("elsewhere", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_a_passing_trouble()
    {
        using var store = Open(Options("x/") with { Endpoint = new Uri("http://127.0.0.1:1") });

        var error = await Assert.ThrowsAsync<StorageException>(() => store.FindAsync("a/b", Ct));

        Assert.Equal("store_unreachable", error.Code);
        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData(403, "AccessDenied", "store_refused")]
    [InlineData(403, "RequestTimeTooSkewed", "store_refused")]
    [InlineData(301, "PermanentRedirect", "store_refused")]
    [InlineData(404, "NoSuchBucket", "store_missing")]
    [InlineData(429, "TooManyRequests", "store_busy")]
    [InlineData(503, "SlowDown", "store_busy")]
    [InlineData(500, "InternalError", "store_unreachable")]
    public async Task Each_answer_of_a_service_becomes_a_code(int status, string s3Code, string code)
    {
        await using var service = await LocalServer.StartAsync();
        service.MapAll(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/xml";
            await context.Response.Body.WriteAsync(Bytes($"<Error><Code>{s3Code}</Code><Message>no</Message></Error>").ToArray());
        });
        using var store = Open(Options("x/") with { Endpoint = service.Address });

        var error = await Assert.ThrowsAsync<StorageException>(() => store.CheckAsync(Ct));

        Assert.Equal(code, error.Code);
        Assert.True(error.IsRemote);
    }

    [Fact]
    public async Task Content_replaced_between_finding_and_reading_is_never_mixed()
    {
        await Store.PutAsync("a/b", Bytes("0123456789"), Text, Ct);
        await using var reading = await Store.OpenAsync("a/b", Ct);
        await Store.PutAsync("a/b", Bytes("ABCDEFGHIJ"), Text, Ct);

        await Assert.ThrowsAsync<StorageException>(() => new StreamReader(reading!.Stream).ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task Who_looks_for_old_content_does_not_ask_for_each_new_one()
    {
        await using var gate = await S3Gate.StartAsync(server);
        using var store = Open(Options($"{Guid.NewGuid():N}/") with { Endpoint = gate.Address });
        foreach (var name in (string[])["one", "two", "three"])
            await store.PutAsync("stages/" + name, Bytes(name), Text, Ct);
        var before = gate.Requests(HttpMethod.Head);

        Assert.Empty(await store.ListAsync("stages/", Time.GetUtcNow() - TimeSpan.FromDays(30), Ct).ToListAsync(Ct));
        Assert.Equal(before, gate.Requests(HttpMethod.Head));
        Assert.Equal(3, await store.ListAsync("stages/", Time.GetUtcNow() + TimeSpan.FromDays(30), Ct).CountAsync(Ct));
        Assert.Equal(before + 3, gate.Requests(HttpMethod.Head));
    }

    private protected override async Task<IContentStore> OpenAsync()
    {
        await server.StartAsync();
        // A prefix a test: they share the server.
        return Open(Options($"{Guid.NewGuid():N}/"));
    }

    private S3Options Options(string prefix) => new(S3Server.Bucket)
    {
        Prefix = prefix,
        Endpoint = server.Address,
        Region = "us-east-1",
        UsesPathStyle = true,
        AccessKey = S3Server.Key,
        SecretKey = S3Server.Key,
        PartBytes = 5_242_880,
    };

    private S3ContentStore Open(S3Options options) => new(options, Folder["store/incoming"], Time);
}
