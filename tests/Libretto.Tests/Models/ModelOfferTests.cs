using System.Net;
using System.Net.Sockets;
using Libretto.Models;
using Libretto.Models.Download;
using Libretto.Tests.Support;

namespace Libretto.Tests.Models;

/// <summary>Models that nobody asked for by name: fetched where they can be had, and never in the way where they cannot.</summary>
public sealed class ModelOfferTests : IAsyncLifetime
{
    private readonly HttpClient _client = new(ModelStore.CreateHandler(NpmConfiguration.Default));
    private ModelSources _sources = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sources = await ModelSources.StartAsync();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _sources.DisposeAsync();
    }

    [Fact]
    public async Task A_hub_that_answers_gives_the_model_and_it_is_said_before_it_comes()
    {
        var said = new List<string>();
        var offer = await Store(TimeProvider.System).OfferAsync(
            "separator", entry => said.Add($"{entry.Name}, {_sources.Server.Requests.Count(request => request.StartsWith("GET", StringComparison.Ordinal))} fetched"), ct: Ct);

        Assert.Equal(Path.Combine(_sources.Cache, "separator"), offer.Folder);
        Assert.Equal(["separator, 0 fetched"], said);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_a_reason_and_not_an_error()
    {
        var offer = await Store(TimeProvider.System, Closed()).OfferAsync("separator", ct: Ct);
        Assert.Null(offer.Folder);
        Assert.NotNull(offer.Trouble);
    }

    [Fact]
    public async Task A_hub_that_hangs_is_given_up()
    {
        _sources.Server.MapAll(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        // Limits pass in no time here.
        var offer = await Store(new HurriedTime(), new Uri(_sources.Server.Address, "hanging/")).OfferAsync("separator", ct: Ct);
        Assert.Contains("did not answer in time", offer.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_in_place_of_the_hub_is_known()
    {
        _sources.Server.MapAll(context =>
        {
            context.Response.ContentType = "text/html";
            return Task.CompletedTask;
        });
        var offer = await Store(TimeProvider.System, new Uri(_sources.Server.Address, "portal/")).OfferAsync("separator", ct: Ct);
        Assert.Contains("does not answer like the Hugging Face hub", offer.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_an_hour_it_is_not_asked_again()
    {
        var time = new LaterTime();
        _sources.Server.MapAll(context =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return Task.CompletedTask;
        });
        var hub = new Uri(_sources.Server.Address, "ill/");
        await Store(time, hub).OfferAsync("separator", ct: Ct);
        Assert.Single(_sources.Server.Requests);

        time.Later += TimeSpan.FromMinutes(58.5);
        var second = await Store(time, hub).OfferAsync("separator", ct: Ct);
        Assert.Single(_sources.Server.Requests);
        Assert.Contains("could not be reached 59 min ago", second.Trouble, StringComparison.Ordinal);

        time.Later += TimeSpan.FromMinutes(2);
        await Store(time, hub).OfferAsync("separator", ct: Ct);
        Assert.Equal(2, _sources.Server.Requests.Count);
    }

    [Fact]
    public async Task Another_hub_is_asked_at_once()
    {
        await Store(TimeProvider.System, Closed()).OfferAsync("separator", ct: Ct);
        Assert.NotNull((await Store(TimeProvider.System).OfferAsync("separator", ct: Ct)).Folder);
    }

    [Fact]
    public async Task What_came_before_the_hub_died_is_kept_for_the_next_song()
    {
        for (var i = 0; i < 4; i++)
            _sources.Server.CutAfter(ModelSources.Weights, i == 0 ? 300_000 : 0);
        Assert.Null((await Store(TimeProvider.System).OfferAsync("separator", ct: Ct)).Folder);
        while (_sources.Server.HasTrouble(ModelSources.Weights))
            await Store(TimeProvider.System).OfferAsync("separator", ct: Ct);

        Assert.NotNull((await Store(TimeProvider.System).OfferAsync("separator", ct: Ct)).Folder);

        Assert.Contains(_sources.Server.Requests, request => request.StartsWith($"GET {ModelSources.Weights} bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_fetched_where_nothing_may_be()
    {
        var store = Store(TimeProvider.System, mayFetch: false);
        Assert.Equal("fetching is switched off", (await store.OfferAsync("separator", ct: Ct)).Trouble);
        Assert.Equal("model_missing", (await Assert.ThrowsAsync<ModelException>(() => store.EnsureAsync("separator", ct: Ct))).Code);
        Assert.Empty(_sources.Server.Requests);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_a_reason_too()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_sources.Cache)!);
        await File.WriteAllTextAsync(_sources.Cache, "a file in the folder's place", Ct);
        var offer = await Store(TimeProvider.System).OfferAsync("separator", ct: Ct);
        Assert.Contains("cannot be written", offer.Trouble, StringComparison.Ordinal);
    }

    private ModelStore Store(TimeProvider time, Uri? hub = null, bool mayFetch = true) => new(
        new ModelStoreOptions
        {
            CacheFolder = _sources.Cache, Catalogue = [ModelSources.FromHub()], HubEndpoint = hub ?? new Uri(_sources.Server.Address, "hub/"), MayFetch = mayFetch,
        },
        _client, time);

    /// <summary>An address where nobody listens.</summary>
    private static Uri Closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }

    /// <summary>Real time, with a clock that can be put forward.</summary>
    private sealed class LaterTime : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
    }
}
