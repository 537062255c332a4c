using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Libretto.Server.Data.Entities;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Libretto.Server.Web.Party;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Web;

/// <summary>A party as guests' phones meet it: by its link alone.</summary>
public sealed class PartyTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PartyStore Parties => _server.Services.GetRequiredService<PartyStore>();

    public async ValueTask InitializeAsync() => _server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Thirty_guests_take_fair_turns_and_nothing_is_lost_when_the_server_starts_anew()
    {
        var (song, party, link) = await BeginAsync();
        // All at once; every third wants to sing three times.
        var wishes = Enumerable.Range(0, 30).SelectMany(guest => Enumerable.Repeat(guest, guest % 3 == 0 ? 3 : 1)).ToArray();
        await Task.WhenAll(wishes.Select(guest => PutAsync(link, GuestOf(guest), $"Singer {guest}", song)));
        var before = await Parties.QueueAsync(party.Id, Ct);

        await _server.DisposeAsync();
        _server = await StartAsync();
        var after = await Parties.QueueAsync(party.Id, Ct);
        List<string> sung = [];
        for (string? now = null; ; now = (await Parties.QueueAsync(party.Id, Ct)).Now?.Entry.Id)
        {
            // Two screens say so at once: it goes on once.
            await Task.WhenAll(Parties.NextAsync(party.Id, now, Ct), Parties.NextAsync(party.Id, now, Ct));
            if ((await Parties.QueueAsync(party.Id, Ct)).Now is not { } turn)
                break;
            sung.Add(turn.Entry.Singer);
        }

        Assert.Equal(wishes.Length, before.Waiting.Count);
        Assert.Equal(before.Waiting.Select(turn => turn.Entry.Id), after.Waiting.Select(turn => turn.Entry.Id));
        Assert.Equal(wishes.Length, sung.Count);
        // Everyone once before anyone twice, and so on.
        Assert.Equal(30, sung.Take(30).Distinct().Count());
        Assert.Equal(10, sung.Skip(30).Take(10).Distinct().Count());
        Assert.Equal(10, sung.Skip(40).Distinct().Count());
    }

    [Fact]
    public async Task A_guest_reaches_the_queue_and_nothing_else()
    {
        var (song, _, link) = await BeginAsync();
        await _server.Services.GetRequiredService<ApiKeys>().CreateAsync("host", ApiKeys.UserScope, Ct);
        var mine = (await PutAsync(link, GuestOf(1), "Anna", song)).Json.Text("id");

        foreach (var (method, path) in new[]
        {
            ("GET", $"/api/jobs/{song}"), ("GET", $"/api/jobs/{song}/audio/mix"), ("DELETE", $"/api/jobs/{song}"), ("GET", "/api/jobs"),
            ("GET", "/jobs"), ("GET", "/party"), ("POST", "/api/jobs"), ("GET", "/_blazor"),
        })
            Assert.Equal(HttpStatusCode.Unauthorized, (await _server.Client.SendAsync(new HttpMethod(method), path)).Status);
        foreach (var path in new[] { $"{link}/audio/mix", $"{link}/../api/jobs", $"{link}/jobs", $"{link}/entries" })
            Assert.NotEqual(HttpStatusCode.OK, (await _server.Client.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await TakeOutAsync(link, GuestOf(2), mine)).Status);
        Assert.Equal("links_off", (await PutLinkAsync(link, GuestOf(2), "https://example.org/song.mp3")).Problem());
        Assert.Equal(HttpStatusCode.Gone, (await _server.Client.GetAsync("/p/CfDJ8BxqzZ/songs")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await TakeOutAsync(link, GuestOf(1), mine)).Status);
    }

    [Fact]
    public async Task One_guest_cannot_fill_the_queue_and_markup_in_a_name_is_text()
    {
        var (song, party, link) = await BeginAsync();
        for (var i = 0; i < PartyStore.MostOfAGuest; i++)
            Assert.Equal(HttpStatusCode.Created, (await PutAsync(link, GuestOf(1), $"<b>{i}</b>\n", song)).Status);
        var more = await PutAsync(link, GuestOf(1), "Once more", song);
        var nameless = await PutAsync(link, GuestOf(2), " \t ", song);
        var endless = await PutAsync(link, GuestOf(3), new string('x', 3000), song);

        Assert.Equal((HttpStatusCode.TooManyRequests, "quota_exceeded"), (more.Status, more.Problem()));
        Assert.Equal("option_invalid", nameless.Problem());
        Assert.Equal(HttpStatusCode.Created, endless.Status);
        var queue = await Parties.QueueAsync(party.Id, Ct);
        Assert.Contains(queue.Waiting, turn => turn.Entry.Singer == "<b>0</b>");
        Assert.All(queue.Waiting, turn => Assert.InRange(turn.Entry.Singer.Length, 1, 40));
    }

    [Fact]
    public async Task Guests_see_a_change_within_a_second_and_the_end()
    {
        var (song, party, link) = await BeginAsync();
        using var response = await _server.Client.Http.GetAsync($"{link}/queue", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);
        await using var events = SseParser.Create(stream).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);
        await events.MoveNextAsync();
        await PutAsync(link, GuestOf(1), "Anna", song);
        await NextAsync(events, "queue");
        var shown = JsonElement.Parse(events.Current.Data).GetProperty("waiting")[0].Text("singer");
        await Parties.EndAsync(party.Id, Ct);
        await NextAsync(events, "over");

        Assert.Equal("Anna", shown);
        Assert.Equal(HttpStatusCode.Gone, (await PutAsync(link, GuestOf(1), "Late", song)).Status);
    }

    [Fact]
    public async Task Thirty_phones_and_a_screen_cost_one_reading_of_the_queue_for_each_change_and_all_see_it()
    {
        var (song, party, link) = await BeginAsync();
        var board = _server.Services.GetRequiredService<PartyBoard>();
        using var screen = board.Watch(party.Id);
        var shown = await screen.NextAsync(null, TimeSpan.FromMinutes(1), Ct);
        List<IAsyncEnumerator<SseItem<string>>> phones = [];
        for (var i = 0; i < 30; i++)
        {
            var response = await _server.Client.Http.GetAsync($"{link}/queue", HttpCompletionOption.ResponseHeadersRead, Ct);
            phones.Add(SseParser.Create(await response.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct).GetAsyncEnumerator(Ct));
            await NextAsync(phones[i], "queue");
        }
        var (clock, before) = (System.Diagnostics.Stopwatch.StartNew(), board.Readings);
        await PutAsync(link, GuestOf(1), "Anna", song);
        foreach (var phone in phones)
        {
            await NextAsync(phone, "queue");
            Assert.Equal("Anna", JsonElement.Parse(phone.Current.Data).GetProperty("waiting")[0].Text("singer"));
        }
        shown = await screen.NextAsync(shown, TimeSpan.FromMinutes(1), Ct);

        Assert.Equal("Anna", Assert.Single(shown!.Queue.Waiting).Entry.Singer);
        // One for the change, and one every five seconds for what changes by itself.
        Assert.InRange(board.Readings - before, 1, 2 + (clock.Elapsed.TotalSeconds / 4));
        // They stay connected: a server that stops lets go of them, and does not wait.
        await _server.StopAsync();
        foreach (var phone in phones)
            while (await phone.MoveNextAsync())
            {
                // What was still to come.
            }
    }

    [Fact]
    public async Task Five_hundred_songs_wait_in_fair_order_and_two_hosts_have_a_queue_each()
    {
        var (song, party, link) = await BeginAsync();
        var other = await Parties.BeginAsync("another", seesAll: false, "Saturday", allowsLinks: false, Ct);
        for (var i = 0; i < 500; i++)
            await Parties.AddAsync(party, song, $"Singer {i % 125}", guest: null, Ct);
        var queue = await Parties.QueueAsync(party.Id, Ct);
        var first = queue.Waiting[0].Entry.Id;
        await Parties.NextAsync(party.Id, from: null, Ct);

        Assert.Equal(500, queue.Waiting.Count);
        Assert.All(Enumerable.Range(0, 4), round =>
            Assert.Equal(125, queue.Waiting.Skip(round * 125).Take(125).Select(turn => turn.Entry.Singer).Distinct().Count()));
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(link, GuestOf(1), "Late", song)).Status);
        Assert.Equal(first, (await Parties.QueueAsync(party.Id, Ct)).Now!.Entry.Id);
        // The other host sees neither the queue nor, with a key that is not the song's, the song.
        Assert.Empty((await Parties.QueueAsync(other.Id, Ct)).Waiting);
        Assert.Null(await Parties.SongAsync(other, song, Ct));
        Assert.False(await Parties.TakeOutAsync(other.Id, queue.Waiting[1].Entry.Id, guest: null, Ct));
        Assert.Equal([party.Id], (await Parties.ListAsync("", Ct)).Select(one => one.Id));
    }

    [Fact]
    public async Task A_song_that_is_deleted_while_it_plays_is_named_as_gone_and_the_party_goes_on()
    {
        var (song, party, link) = await BeginAsync();
        var second = await _server.Client.PostAsync(TestAudio.Tone(_folder, 3));
        await _server.Client.FinishAsync(second);
        await PutAsync(link, GuestOf(1), "Anna", song);
        await PutAsync(link, GuestOf(2), "Bert", second);
        await Parties.NextAsync(party.Id, from: null, Ct);
        using var screen = _server.Services.GetRequiredService<PartyBoard>().Watch(party.Id);
        var shown = await screen.NextAsync(null, TimeSpan.FromMinutes(1), Ct);

        Assert.Equal(HttpStatusCode.NoContent, (await _server.Client.SendAsync(HttpMethod.Delete, $"/api/jobs/{song}")).Status);
        while (shown!.Queue.Now!.Song is not null)
            shown = await screen.NextAsync(shown, TimeSpan.FromMinutes(1), Ct);
        await Parties.NextAsync(party.Id, shown.Queue.Now.Entry.Id, Ct);

        Assert.Equal("Bert", (await Parties.QueueAsync(party.Id, Ct)).Now!.Entry.Singer);
    }

    [Fact]
    public async Task A_song_that_is_gone_is_passed_over()
    {
        var (song, party, link) = await BeginAsync();
        await Parties.AddAsync(party, "no-such-job", "Anna", guest: null, Ct);
        await PutAsync(link, GuestOf(1), "Bert", song);
        await Parties.NextAsync(party.Id, from: null, Ct);
        var queue = await Parties.QueueAsync(party.Id, Ct);

        Assert.Equal("Bert", queue.Now!.Entry.Singer);
        Assert.Empty(queue.Waiting);
    }

    private static async Task NextAsync(IAsyncEnumerator<SseItem<string>> events, string kind)
    {
        while (await events.MoveNextAsync() && events.Current.EventType != kind)
        {
            // Beats, and what was told already.
        }
        Assert.Equal(kind, events.Current.EventType);
    }

    private async Task<RunningServer> StartAsync() => await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });

    private async Task<(string Song, Party Party, string Link)> BeginAsync()
    {
        var song = await _server.Client.PostAsync(TestAudio.Tone(_folder, 2));
        await _server.Client.FinishAsync(song);
        var party = await Parties.BeginAsync("", seesAll: true, "Friday", allowsLinks: false, Ct);
        return (song, party, _server.Services.GetRequiredService<PartyLinks>().PathOf(party.Id));
    }

    private static string GuestOf(int number) => $"a-guest-of-the-party-{number}";

    private Task<Answer> PutAsync(string link, string guest, string singer, string song) =>
        SendAsync(HttpMethod.Post, $"{link}/entries", guest, JsonSerializer.Serialize(new { singer, song }));

    private Task<Answer> PutLinkAsync(string link, string guest, string address) =>
        SendAsync(HttpMethod.Post, $"{link}/entries", guest, JsonSerializer.Serialize(new { singer = "Eve", link = address }));

    private Task<Answer> TakeOutAsync(string link, string guest, string id) => SendAsync(HttpMethod.Delete, $"{link}/entries/{id}", guest, null);

    private async Task<Answer> SendAsync(HttpMethod method, string path, string guest, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Guest", guest);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await _server.Client.SendAsync(request);
    }
}
