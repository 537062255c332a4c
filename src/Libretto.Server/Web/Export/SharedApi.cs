using Libretto.Karaoke.Html;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Web.Player;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Web.Export;

/// <summary>The sounds and pictures of a song behind a shared link.</summary>
internal static class SharedApi
{
    public static void Map(WebApplication app)
    {
        app.MapGet(ShareLinks.Root + "/{token}/audio/{name}", AudioAsync).ExcludeFromDescription();
        app.MapGet(ShareLinks.Root + "/{token}/sound/{name}", SoundAsync).ExcludeFromDescription();
        app.MapGet(ShareLinks.Root + "/{token}/waveform", WaveformAsync).ExcludeFromDescription();
        app.MapGet(ShareLinks.Root + "/{token}/cover", CoverAsync).ExcludeFromDescription();
        app.MapGet(ShareLinks.Root + "/{token}/cover/backdrop", BackdropAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> AudioAsync(
        string token, string name, HttpRequest request, ShareLinks links, JobStore jobs, IContentStore store, CancellationToken ct) =>
        await AudioApi.SendAsync(await FindAsync(token, links, jobs, ct), name, request, store, ct);

    private static async Task<IResult> SoundAsync(
        string token, string name, ShareLinks links, JobStore jobs, BrowserSounds sounds, IContentStore store, CancellationToken ct) =>
        await SoundApi.SendAsync(await FindAsync(token, links, jobs, ct), name, sounds, store, ct);

    private static async Task<IResult> WaveformAsync(string token, ShareLinks links, JobStore jobs, Waveforms waveforms,
        CancellationToken ct) =>
        TypedResults.Json(await waveforms.OfAsync(await FindAsync(token, links, jobs, ct), ct), WaveformJson.Default.Waveform);

    private static async Task<IResult> CoverAsync(
        string token, ShareLinks links, JobStore jobs, Covers covers, HttpResponse response, CancellationToken ct) =>
        await CoverApi.SendAsync(await FindAsync(token, links, jobs, ct), isBackdrop: false, covers, response, ct);

    private static async Task<IResult> BackdropAsync(
        string token, ShareLinks links, JobStore jobs, Covers covers, HttpResponse response, CancellationToken ct) =>
        await CoverApi.SendAsync(await FindAsync(token, links, jobs, ct), isBackdrop: true, covers, response, ct);

    private static async Task<Job> FindAsync(string token, ShareLinks links, JobStore jobs, CancellationToken ct) =>
        await links.OpenAsync(token, ct) is { } link && await jobs.FindAsync(link.JobId, ct) is { } job
            ? job
            : throw new ApiProblem(410, "link_expired", "This link no longer works. Ask whoever sent it for a new one.");
}
