using System.Text.Json.Serialization;
using Libretto.Lyrics;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api.Players;

/// <summary>
/// <c>/lrclib/api</c>: what this server knows, as LRCLIB's own API gives it (lrclib.net/docs), for players whose lyrics server can be
/// chosen.
/// </summary>
internal static class LrclibApi
{
    /// <summary>Recordings whose lengths differ by more, in seconds, are not the same.</summary>
    private const double SameLength = 2;

    private const int MostFound = 20, MostSearched = 200;

    public static void Map(RouteGroupBuilder lrclib)
    {
        lrclib.MapGet("/get", GetAsync);
        lrclib.MapGet("/search", SearchAsync);
    }

    private static async Task<IResult> GetAsync(
        Caller caller, JobStore jobs, IContentStore store, CancellationToken ct,
        [FromQuery(Name = "track_name")] string? title = null,
        [FromQuery(Name = "artist_name")] string? artist = null,
        [FromQuery(Name = "duration")] double? duration = null)
    {
        if (string.IsNullOrWhiteSpace(title) || string.IsNullOrWhiteSpace(artist))
            return Error(400, "ValidationError", "Give track_name and artist_name.");
        var found = (await FindAsync(caller, jobs, title, ct)).FirstOrDefault(job =>
            IsNamed(title, job.Title) && IsNamed(artist, job.Artist) &&
            (duration is null || job.Duration is null || Math.Abs(job.Duration.Value - duration.Value) <= SameLength));
        return found is null || await RecordAsync(found, store, ct) is not { } record
            ? Error(404, "TrackNotFound", "Failed to find specified track")
            : Json(record, 200);
    }

    private static async Task<IResult> SearchAsync(
        Caller caller, JobStore jobs, IContentStore store, CancellationToken ct,
        [FromQuery(Name = "q")] string? words = null,
        [FromQuery(Name = "track_name")] string? title = null,
        [FromQuery(Name = "artist_name")] string? artist = null)
    {
        var wanted = new[] { words, title, artist }.FirstOrDefault(text => !string.IsNullOrWhiteSpace(text))?.Trim();
        if (wanted is null)
            return Error(400, "ValidationError", "Give q, track_name or artist_name.");
        // Of several words any may stand in the title and any in the artist.
        var parts = (words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var records = new List<LrclibRecord>();
        foreach (var job in await FindAsync(caller, jobs, parts.Length > 1 ? parts.MaxBy(part => part.Length)! : wanted, ct))
        {
            if (records.Count == MostFound)
                break;
            var name = Letters($"{job.Title} {job.Artist}");
            if (parts.All(part => name.Contains(Letters(part), StringComparison.Ordinal)) && (title is null || IsNamed(title, job.Title)) &&
                (artist is null || IsNamed(artist, job.Artist)) && await RecordAsync(job, store, ct) is { } record)
                records.Add(record);
        }
        return Json(records.ToArray(), 200);
    }

    private static async Task<IEnumerable<Job>> FindAsync(Caller caller, JobStore jobs, string words, CancellationToken ct) =>
        (await jobs.ListAsync(
            new JobQuery { KeyId = caller.SeesOnly, Status = JobStatus.Completed, Search = words.Trim(), Limit = MostSearched }, ct))
            .Where(job => job is { DocumentKey: not null, ExpiredAt: null });

    private static async Task<LrclibRecord?> RecordAsync(Job job, IContentStore store, CancellationToken ct)
    {
        if (await StoredResult.FindLyricsAsync(store, job.DocumentKey!, ct) is not { } document)
            return null;
        var isInstrumental = document.Lines.Count == 0;
        return new LrclibRecord
        {
            Id = NumberOf(job),
            Name = job.Title,
            TrackName = job.Title,
            ArtistName = job.Artist,
            Duration = document.Duration,
            Instrumental = isInstrumental,
            PlainLyrics = isInstrumental ? null : LyricsFormats.PlainText.Write(document),
            SyncedLyrics = isInstrumental ? null : LyricsFormats.Lrc.Write(document),
            Lyricsfile = isInstrumental ? null : LyricsFormats.Lyricsfile.Write(document),
        };
    }

    /// <summary>
    /// The job as a number, as LRCLIB's clients want it: the time of the job's making, in milliseconds, which its id begins with.
    /// </summary>
    private static long NumberOf(Job job) => Convert.ToInt64(job.Id[..12], 16);

    private static bool IsNamed(string wanted, string? found) =>
        Letters(wanted) is { Length: > 0 } letters && letters == Letters(found ?? "");

    private static string Letters(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsLetterOrDigit));

    private static IResult Error(int status, string name, string message) => Json(new LrclibError(status, name, message), status);

    private static IResult Json<T>(T value, int status) =>
        Results.Json(value, LrclibServerJson.Default, contentType: null, statusCode: status);
}

/// <summary>A record as LRCLIB's API gives it.</summary>
internal sealed record LrclibRecord
{
    public required long Id { get; init; }
    public string? Name { get; init; }
    public string? TrackName { get; init; }
    public string? ArtistName { get; init; }
    public string AlbumName { get; init; } = "";
    public double Duration { get; init; }
    public bool Instrumental { get; init; }
    public string? PlainLyrics { get; init; }
    public string? SyncedLyrics { get; init; }
    public string? Lyricsfile { get; init; }
}

/// <summary>An error as LRCLIB's API gives it.</summary>
internal sealed record LrclibError(int Code, string Name, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LrclibRecord))]
[JsonSerializable(typeof(LrclibRecord[]))]
[JsonSerializable(typeof(LrclibError))]
internal sealed partial class LrclibServerJson : JsonSerializerContext;
