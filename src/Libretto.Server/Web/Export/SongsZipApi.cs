using Libretto.Lyrics;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Libretto.Server.Web.Export;

/// <summary><c>/api/songs.zip</c>: all of several songs in one file, a folder each.</summary>
internal static class SongsZipApi
{
    /// <summary>Songs in one file, at most.</summary>
    public const int MostSongs = 100;

    // What a server's disk bears for one who downloads.
    private const long MostBytes = 4_000_000_000;

    public static void Map(WebApplication app) => app.MapGet("/api/songs.zip", GetAsync)
        .WithTags("Jobs")
        .WithName("GetSongsZip")
        .WithSummary("Several songs in one ZIP file, a folder each")
        .WithDescription($"As many as {MostSongs} parameters id, each a job with words.")
        .Produces(200, contentType: "application/zip");

    private static async Task<IResult> GetAsync(
        [FromQuery] string[] id, Caller caller, JobStore jobs, IContentStore store, TemporaryFolder folder, CancellationToken ct)
    {
        if (id.Length is 0 or > MostSongs)
            throw new ApiProblem(422, "option_invalid", $"Name 1 to {MostSongs} songs by their jobs' ids.") { Param = "id" };
        var songs = new List<(Job Job, LyricsDocument Document)>();
        long bytes = 0;
        foreach (var one in id.Distinct(StringComparer.Ordinal))
        {
            var job = await JobsApi.FindAsync(one, caller, jobs, ct);
            if (job.ExpiredAt is not null)
                throw LyricsApi.Expired();
            if (job.DocumentKey is null)
                throw new ApiProblem(409, "not_ready", $"“{job.Title ?? job.FileName ?? one}” has no words yet. Leave it out.");
            foreach (var key in ((string?[])[job.InputKey, job.VocalsKey, job.InstrumentalKey]).OfType<string>())
                bytes += (await store.FindAsync(key, ct))?.Length ?? 0;
            if (bytes > MostBytes)
                throw new ApiProblem(422, "option_invalid", $"These songs are more than {MostBytes / 1_000_000_000} GB. Take fewer.")
                {
                    Param = "id",
                };
            songs.Add((job, await LyricsApi.ReadAsync(job.DocumentKey, store, ct)));
        }
        return await SongZipApi.SendAsync("Songs", async zip =>
        {
            var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (job, document) in songs)
            {
                var name = FileNames.OfSong(job.Artist, job.Title ?? job.FileName);
                var below = name;
                for (var i = 2; !taken.Add(below); i++)
                    below = $"{name} ({i})";
                await SongZipApi.AddAsync(zip, below + "/", job, document, name, store, ct);
            }
        }, folder, ct);
    }
}
