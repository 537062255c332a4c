using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Web.Player;

/// <summary><c>/api/jobs/{id}/sound/{name}</c>: a song and its stems as Opus, for browsers.</summary>
internal static class SoundApi
{
    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/sound/{name}", GetAsync)
        .WithName("GetSound")
        .WithSummary("The recording as Opus: mix, vocals or instrumental")
        .WithDescription("A tenth of what /audio sends; made when it is first asked for. Answers byte ranges.")
        .Produces(200, contentType: "audio/ogg").Produces(206, contentType: "audio/ogg");

    private static async Task<IResult> GetAsync(
        string id, string name, Caller caller, JobStore jobs, BrowserSounds sounds, IContentStore store, CancellationToken ct) =>
        await SendAsync(await JobsApi.FindAsync(id, caller, jobs, ct), name, sounds, store, ct);

    /// <summary>A sound of a job that the caller may hear.</summary>
    public static async Task<IResult> SendAsync(Job job, string name, BrowserSounds sounds, IContentStore store, CancellationToken ct)
    {
        var key = await sounds.FindOrMakeAsync(job, name, ct);
        var reading = await store.OpenAsync(key, ct) ?? throw LyricsApi.Expired();
        return TypedResults.Stream(reading.Stream, "audio/ogg", lastModified: reading.Content.StoredAt,
            entityTag: new EntityTagHeaderValue($"\"{reading.Content.Sha256[..32]}\""), enableRangeProcessing: true);
    }
}
