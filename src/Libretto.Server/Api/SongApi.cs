using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary>What can be changed of a song that is here: what it is called, and how it was made.</summary>
internal static class SongApi
{
    private const int LongestName = 500;

    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapPatch("/{id}", RenameAsync).WithName("RenameJob").WithSummary("Say what a song is called")
            .WithDescription("Title and artist stand in all exports from then on, whatever the file's own tags say. What is absent stays " +
                "as it is; an empty artist is none.")
            .Accepts<SongName>("application/json").Produces<JobView>();
        jobs.MapPost("/{id}/again", AgainAsync).WithName("RemakeJob").WithSummary("Make a song again, with other options")
            .WithDescription("The recording is here already. The words it has stay until the new ones are there, and then as a version. " +
                "Without `lyrics` those given before are used again; an empty text has the words taken down by ear.")
            .Accepts<SongAgain>("application/json").Produces<JobView>(202);
    }

    private static async Task<Ok<JobView>> RenameAsync(string id, HttpRequest request, Caller caller, JobStore jobs, SongNames names,
        CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, jobs, ct);
        var name = await JsonBody.ReadAsync(request, ApiJson.Readable.SongName, ct);
        var title = name.Title is null ? job.Title : CheckedTitle(name.Title);
        var artist = name.Artist is null ? job.Artist : Checked("artist", name.Artist);
        await names.RenameAsync(job, title, artist, ct);
        return TypedResults.Ok(JobView.Of(await JobsApi.FindAsync(id, caller, jobs, ct), request.PathBase));
    }

    /// <summary>A title as people may give it.</summary>
    /// <exception cref="ApiProblem">It is empty or too long.</exception>
    public static string CheckedTitle(string title) => Checked("title", title) ?? throw ApiProblem.BadOption("title", "give some words");

    /// <summary>An artist as people may give it; null where they give none.</summary>
    /// <exception cref="ApiProblem">It is too long.</exception>
    public static string? CheckedArtist(string artist) => Checked("artist", artist);

    private static async Task<Accepted<JobView>> AgainAsync(string id, HttpRequest request, Caller caller, JobStore jobs, SongRemake remake,
        CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, jobs, ct);
        var again = await JsonBody.ReadAsync(request, ApiJson.Readable.SongAgain, ct);
        await remake.BeginAsync(job, again.Options ?? new JobOptions(), again.Lyrics, caller, ct);
        return JobsApi.AcceptedOf(request, await JobsApi.FindAsync(id, caller, jobs, ct));
    }

    private static string? Checked(string field, string text)
    {
        var words = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return words.Length > LongestName ? throw ApiProblem.BadOption(field, $"at most {LongestName} characters")
            : words.Length == 0 ? null : words;
    }
}

/// <summary>What a song is called.</summary>
/// <param name="Title">The title; as it is when absent.</param>
/// <param name="Artist">The artist; none when empty, as it is when absent.</param>
internal sealed record SongName(string? Title, string? Artist);

/// <summary>How a song is to be made again.</summary>
/// <param name="Options">What is wanted, in the place of all earlier options.</param>
/// <param name="Lyrics">The words; see the description.</param>
internal sealed record SongAgain(JobOptions? Options, string? Lyrics);
