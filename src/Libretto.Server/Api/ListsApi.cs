using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary><c>/api/lists</c>: playlists and albums as groups of jobs, each with one progress.</summary>
internal static class ListsApi
{
    public static void Map(WebApplication app)
    {
        var lists = app.MapGroup("/api/lists").WithTags("Lists");
        lists.MapPost("/", PostAsync)
            .WithName("PostList")
            .WithSummary("Post a list of songs")
            .WithDescription(
                "application/json with `url` (a playlist, an album or a channel), or multipart/form-data with `file` (.m3u, .m3u8 or " +
                ".pls that names links); each song becomes a job. `GET /api/jobs?list=` lists them.")
            .Accepts<ListPost>("application/json", "multipart/form-data")
            .Produces<ListView>(202);
        lists.MapGet("/", ListAsync).WithName("ListLists").WithSummary("List lists, newest first");
        lists.MapGet("/{id}", GetAsync).WithName("GetList").WithSummary("One list and how far it is");
        lists.MapPost("/{id}/cancel", CancelAsync).WithName("CancelList").WithSummary("Cancel all songs of a list that are not done");
    }

    /// <summary>The list, if there is one that the caller may see.</summary>
    public static async Task<SongList> FindAsync(string id, Caller caller, ListStore lists, CancellationToken ct) =>
        await lists.FindAsync(id, ct) is { } list && caller.MaySee(list)
            ? list : throw new ApiProblem(404, "list_unknown", "There is no such list.");

    private static async Task<Accepted<ListView>> PostAsync(
        HttpContext context, Caller caller, ListIntake intake, ListStore lists, CancellationToken ct)
    {
        var taken = await intake.TakeAsync(context.Request, caller, ct);
        var view = await ViewAsync(taken.List, lists, context.Request, ct) with
        {
            LeftOut = taken.LeftOut.Count == 0 ? null : taken.LeftOut,
        };
        return TypedResults.Accepted(view.Links.Self, view);
    }

    private static async Task<Ok<ListsView>> ListAsync(
        HttpRequest request, Caller caller, ListStore lists, CancellationToken ct, [FromQuery] string? limit = null)
    {
        var all = await lists.AllAsync(caller.SeesOnly, JobsApi.PageSize(limit), ct);
        var progress = await lists.ProgressAsync([.. all.Select(list => list.Id)], ct);
        return TypedResults.Ok(new ListsView(
            [.. all.Select(list => ListView.Of(list, progress.GetValueOrDefault(list.Id, ListProgress.None), request.PathBase))]));
    }

    private static async Task<Ok<ListView>> GetAsync(
        string id, HttpRequest request, Caller caller, ListStore lists, CancellationToken ct) =>
        TypedResults.Ok(await ViewAsync(await FindAsync(id, caller, lists, ct), lists, request, ct));

    private static async Task<Ok<ListView>> CancelAsync(
        string id, HttpRequest request, Caller caller, ListStore lists, CancellationToken ct)
    {
        var list = await FindAsync(id, caller, lists, ct);
        await lists.CancelAsync(list.Id, ct);
        return TypedResults.Ok(await ViewAsync(list, lists, request, ct));
    }

    private static async Task<ListView> ViewAsync(SongList list, ListStore lists, HttpRequest request, CancellationToken ct) => ListView.Of(
        list, (await lists.ProgressAsync([list.Id], ct)).GetValueOrDefault(list.Id, ListProgress.None), request.PathBase);
}

/// <summary>A list as clients see it.</summary>
internal sealed record ListView
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? Url { get; init; }

    /// <summary>How many songs it names in all.</summary>
    public required int Found { get; init; }

    /// <summary>How many jobs there are of it.</summary>
    public required int Count { get; init; }

    /// <summary>The state of the whole: queued, running, completed, failed (all of it) or cancelled.</summary>
    public required string Status { get; init; }

    /// <summary>How far the whole is, 0 to 100; songs that failed count as done.</summary>
    public required double Pct { get; init; }

    /// <summary>Its jobs by their status.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>What did not become a job and why; only in the answer to the post.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }
    public DateTime CreatedAt { get; init; }
    public required ListLinks Links { get; init; }

    /// <summary>The list in a client's terms.</summary>
    public static ListView Of(SongList list, ListProgress progress, string basePath) => new()
    {
        Id = list.Id,
        Name = list.Name,
        Url = list.Url,
        Found = list.Found,
        Count = progress.Count,
        Status = progress.Status,
        Pct = progress.Pct,
        Counts = progress.Counts,
        CreatedAt = list.CreatedAt,
        Links = new ListLinks($"{basePath}/api/lists/{list.Id}", $"{basePath}/api/jobs?list={list.Id}"),
    };
}

/// <summary>Where a list and its jobs are, as paths on this server.</summary>
internal sealed record ListLinks(string Self, string Jobs);

/// <summary>Lists, newest first.</summary>
internal sealed record ListsView(IReadOnlyList<ListView> Lists);
