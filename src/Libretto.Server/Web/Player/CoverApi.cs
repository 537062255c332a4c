using Libretto.Audio;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Web.Player;

/// <summary><c>/api/jobs/{id}/cover</c>: the picture that a song's file holds, and the same as what stands behind words.</summary>
internal static class CoverApi
{
    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapGet("/{id}/cover", (string id, Caller caller, JobStore store, Covers covers, HttpResponse response, CancellationToken ct) =>
                GetAsync(id, isBackdrop: false, caller, store, covers, response, ct))
            .WithName("GetCover")
            .WithSummary("The song's cover as JPEG")
            .WithDescription("The picture in the recording's own file, up to 600 pixels wide. 404 where it holds none.")
            .Produces(200, contentType: "image/jpeg");
        jobs.MapGet(
            "/{id}/cover/backdrop",
            (string id, Caller caller, JobStore store, Covers covers, HttpResponse response, CancellationToken ct) =>
                GetAsync(id, isBackdrop: true, caller, store, covers, response, ct)).ExcludeFromDescription();
    }

    /// <summary>A picture of a job that the caller may see.</summary>
    public static async Task<IResult> SendAsync(
        Job job, bool isBackdrop, Covers covers, HttpResponse response, CancellationToken ct)
    {
        var reading = await covers.OpenAsync(job, isBackdrop, ct);
        response.Headers.CacheControl = "private, max-age=86400";
        return TypedResults.Stream(reading.Stream, "image/jpeg",
            entityTag: new EntityTagHeaderValue($"\"{reading.Content.Sha256[..32]}\""));
    }

    private static async Task<IResult> GetAsync(
        string id, bool isBackdrop, Caller caller, JobStore jobs, Covers covers, HttpResponse response, CancellationToken ct) =>
        await SendAsync(await JobsApi.FindAsync(id, caller, jobs, ct), isBackdrop, covers, response, ct);
}

/// <summary>Takes covers out of songs, each once: the store keeps them.</summary>
internal sealed class Covers(IContentStore store, CoverArt art, TemporaryFolder folder) : IDisposable
{
    // As wide as a card of a large screen shows it.
    private const int Width = 600;

    // A list shows many at once: their songs are copied and read one after the other.
    private readonly SemaphoreSlim _reading = new(1);

    public void Dispose() => _reading.Dispose();

    /// <summary>A song's cover.</summary>
    /// <exception cref="ApiProblem">It has none, or is gone.</exception>
    public async Task<ContentReading> OpenAsync(Job job, bool isBackdrop, CancellationToken ct)
    {
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (job is not { InputKey: { } input, HasCover: true })
            throw Missing();
        var key = DerivedContent.CoverOf(input, isBackdrop);
        if (await store.OpenAsync(key, ct) is { } known)
            return known;
        await _reading.WaitAsync(ct);
        try
        {
            if (await store.FindAsync(key, ct) is null)
                await MakeAsync(input, key, isBackdrop);
        }
        finally
        {
            _reading.Release();
        }
        return await store.OpenAsync(key, ct) ?? throw LyricsApi.Expired();
    }

    private async Task MakeAsync(string input, string key, bool isBackdrop)
    {
        var (song, picture) = (folder.NewFile(), folder.NewFile());
        try
        {
            // Who leaves meanwhile need not wait the next time.
            if (!await store.CopyToFileAsync(input, song, CancellationToken.None))
                throw LyricsApi.Expired();
            if (!await (isBackdrop ? art.WriteBackdropAsync(song, picture) : art.WriteAsync(song, picture, Width)))
                throw Missing();
            await using var made = File.OpenRead(picture);
            await store.PutAsync(key, made, new ContentDescription("image/jpeg"), CancellationToken.None);
        }
        finally
        {
            File.Delete(song);
            File.Delete(picture);
        }
    }

    private static ApiProblem Missing() => new(404, "cover_missing", "The song's file holds no picture of its cover that can be read.");
}
