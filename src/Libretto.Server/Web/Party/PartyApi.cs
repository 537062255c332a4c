using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Libretto.Server.Api;
using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;

namespace Libretto.Server.Web.Party;

/// <summary>What guests of a party may do, by its link: look at the queue and the songs, put songs in, and take their own out.</summary>
internal static class PartyApi
{
    private const int MostSongs = 100;
    private const int MostBody = 4096;

    // A phone that is gone is noticed by what cannot be sent to it.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    public static void Map(WebApplication app)
    {
        app.MapGet(PartyLinks.Root + "/{token}/queue", EventsAsync).ExcludeFromDescription();
        app.MapGet(PartyLinks.Root + "/{token}/songs", SongsAsync).ExcludeFromDescription();
        app.MapPost(PartyLinks.Root + "/{token}/entries", AddAsync).ExcludeFromDescription();
        app.MapDelete(PartyLinks.Root + "/{token}/entries/{id}", TakeOutAsync).ExcludeFromDescription();
    }

    /// <summary>The queue, and again with each change, as server-sent events.</summary>
    private static async Task<IResult> EventsAsync(
        string token, HttpContext context, PartyLinks links, PartyBoard board, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        var party = await OpenAsync(token, links, ct);
        context.Response.Headers.CacheControl = "no-store";
        return EventStream.Of(context, WatchAsync(party.Id, board, lifetime.ApplicationStopping, ct));
    }

    /// <summary>A server that stops lets go of the phones, which come back by themselves.</summary>
    private static async IAsyncEnumerable<SseItem<string>> WatchAsync(
        string partyId, PartyBoard board, CancellationToken stopping, [EnumeratorCancellation] CancellationToken ct)
    {
        using var watch = board.Watch(partyId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
        PartyMoment? seen = null;
        while (true)
        {
            PartyMoment? now;
            try
            {
                now = await watch.NextAsync(seen, Beat, stop.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                yield break;
            }
            if (now is { Party: null })
                break;
            yield return now is null || ReferenceEquals(now, seen)
                ? new SseItem<string>("", "beat")
                : new SseItem<string>(now.ForGuests, "queue");
            seen = now;
        }
        yield return new SseItem<string>("", "over");
    }

    private static async Task<IResult> SongsAsync(
        string token, PartyLinks links, JobStore jobs, CancellationToken ct, [FromQuery] string? search = null)
    {
        var party = await OpenAsync(token, links, ct);
        var found = await jobs.ListAsync(
            new JobQuery
            {
                KeyId = party.SeesAll ? null : party.KeyId,
                Search = string.IsNullOrWhiteSpace(search) ? null : search[..Math.Min(search.Length, 200)],
                Status = JobStatus.Completed,
                Order = JobOrder.Title,
                Limit = MostSongs,
            },
            ct);
        return TypedResults.Json(
            found.Where(job => job is { DocumentKey: not null, ExpiredAt: null })
                .Select(job => new GuestSong(job.Id, job.Title ?? job.FileName ?? "A song", job.Artist, job.Duration)).ToList(),
            PartyJson.Default.ListGuestSong);
    }

    private static async Task<IResult> AddAsync(
        string token, HttpRequest request, PartyLinks links, PartyStore parties, JobIntake songs, Admission admission, CancellationToken ct)
    {
        var party = await OpenAsync(token, links, ct);
        var guest = GuestOf(request);
        var wish = await ReadAsync(request, ct);
        string jobId;
        if (wish.Link is { } link)
        {
            if (!party.AllowsLinks)
                throw new ApiProblem(403, "links_off", "The host has not allowed links. Choose one of the songs.");
            var host = new Caller(party.KeyId, IsAdmin: false);
            await admission.CheckAsync(host, ct);
            var post = new LinkPost(link, null, new JobOptions { Stems = true }, null);
            jobId = (await songs.TakeAsync(post, host, idempotencyKey: null, ct)).Id;
        }
        else
        {
            jobId = wish.Song is { } song && await parties.SongAsync(party, song, ct) is { DocumentKey: not null, ExpiredAt: null } job
                ? job.Id
                : throw new ApiProblem(404, "job_unknown", "This song is not here any more.");
        }
        var entry = await parties.AddAsync(party, jobId, wish.Singer ?? "", guest, ct);
        return TypedResults.Json(new GuestEntry(entry.Id), PartyJson.Default.GuestEntry, statusCode: 201);
    }

    private static async Task<IResult> TakeOutAsync(
        string token, string id, HttpRequest request, PartyLinks links, PartyStore parties, CancellationToken ct)
    {
        var party = await OpenAsync(token, links, ct);
        return await parties.TakeOutAsync(party.Id, id, GuestOf(request), ct)
            ? TypedResults.NoContent()
            : throw new ApiProblem(404, "entry_unknown", "This is not one of your songs that wait.");
    }

    private static async Task<Data.Entities.Party> OpenAsync(string token, PartyLinks links, CancellationToken ct) =>
        await links.OpenAsync(token, ct) ?? throw new ApiProblem(410, "link_expired", "This party is over.");

    /// <summary>What a phone drew by itself and alone knows: whose it shows may be taken out by it.</summary>
    private static string GuestOf(HttpRequest request) => request.Headers["X-Guest"].ToString() is { Length: >= 16 and <= 100 } guest
        ? guest
        : throw new ApiProblem(400, "request_broken", "The header X-Guest is missing: 16 letters or more that this guest knows.");

    private static async Task<GuestWish> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength is null or > MostBody)
            throw new ApiProblem(413, "too_large", $"At most {MostBody} bytes.");
        return await JsonBody.ReadAsync(request, PartyJson.Default.GuestWish, ct);
    }
}

/// <summary>What a guest wants to sing: a song of the list, or one behind a link.</summary>
internal sealed record GuestWish(string? Singer, string? Song, string? Link);

/// <summary>What came of it.</summary>
internal sealed record GuestEntry(string Id);

/// <summary>A song of the list.</summary>
internal sealed record GuestSong(string Id, string Title, string? Artist, double? Duration);

/// <summary>The queue as guests see it.</summary>
internal sealed record GuestQueue(string Name, bool AllowsLinks, GuestTurn? Now, IReadOnlyList<GuestTurn> Waiting)
{
    public static GuestQueue Of(Data.Entities.Party party, PartyQueue queue) => new(
        party.Name, party.AllowsLinks, queue.Now is null ? null : GuestTurn.Of(queue.Now), [.. queue.Waiting.Select(GuestTurn.Of)]);
}

/// <summary>Whose turn it is, or will be.</summary>
internal sealed record GuestTurn(string Id, string Singer, string Title, string? Artist, bool IsReady)
{
    public static GuestTurn Of(PartyTurn turn) => new(
        turn.Entry.Id, turn.Entry.Singer, turn.Song?.Title ?? "A song that is gone", turn.Song?.Artist, turn.Song?.IsReady == true);
}

/// <summary>As guests' phones read and write it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GuestWish))]
[JsonSerializable(typeof(GuestEntry))]
[JsonSerializable(typeof(GuestQueue))]
[JsonSerializable(typeof(List<GuestSong>))]
internal sealed partial class PartyJson : JsonSerializerContext;
