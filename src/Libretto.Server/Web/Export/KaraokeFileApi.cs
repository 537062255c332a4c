using Libretto.Server.Api;
using Libretto.Server.Api.Intake;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Web.Export;

/// <summary><c>/api/jobs/{id}/karaoke.html</c>: the song as one file that plays anywhere.</summary>
internal static class KaraokeFileApi
{
    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/karaoke.html", GetAsync)
        .WithName("GetKaraokeFile")
        .WithSummary("The song as one HTML file that plays without a server or a network")
        .Produces(200, contentType: "text/html");

    private static async Task<IResult> GetAsync(
        string id, Caller caller, JobStore jobs, JobKaraokeFile files, HttpResponse response, CancellationToken ct,
        [FromQuery] string? sound = null)
    {
        var job = await JobsApi.FindAsync(id, caller, jobs, ct);
        var html = await files.MakeAsync(job, FormValue.Text(sound) ?? "mix", ct);
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue(
            "attachment") { FileNameStar =
                $"{FileNames.OfSong(job.Artist, job.Title ?? job.FileName)} (karaoke).html" }.ToString();
        return TypedResults.Bytes(html, "text/html; charset=utf-8");
    }
}
