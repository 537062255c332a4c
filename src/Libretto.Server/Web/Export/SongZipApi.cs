using System.IO.Compression;
using Libretto.Lyrics;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Web.Export;

/// <summary><c>/api/jobs/{id}/song.zip</c>: all of a song in one file, named as people name songs.</summary>
internal static class SongZipApi
{
    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/song.zip", GetAsync)
        .WithName("GetSongZip")
        .WithSummary("The words in every format, the recording and its stems, in one ZIP file")
        .Produces(200, contentType: "application/zip");

    private static async Task<IResult> GetAsync(
        string id, Caller caller, JobStore jobs, IContentStore store, TemporaryFolder folder, CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, jobs, ct);
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (job.DocumentKey is null)
            throw new ApiProblem(409, "not_ready", "The song has no words yet.");
        var document = await LyricsApi.ReadAsync(job.DocumentKey, store, ct);
        var name = FileNames.OfSong(job.Artist, job.Title ?? job.FileName);
        return await SendAsync(name, zip => AddAsync(zip, "", job, document, name, store, ct), folder, ct);
    }

    /// <summary>Answers with a ZIP file. It is made on the disk first: whoever gets it is told its size, and what fails is answered as any
    /// error is.</summary>
    public static async Task<IResult> SendAsync(
        string name, Func<ZipArchive, Task> fill, TemporaryFolder folder, CancellationToken ct)
    {
        var file = new FileStream(
            folder.NewFile(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        try
        {
            await using (var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct))
                await fill(zip);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
        file.Position = 0;
        return TypedResults.Stream(file, "application/zip", $"{name}.zip");
    }

    /// <summary>Adds all of a song.</summary>
    /// <param name="zip">Where to.</param>
    /// <param name="below">What the names of its files begin with: a folder and a slash, or nothing.</param>
    /// <param name="job">The song's job.</param>
    /// <param name="document">Its words.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="store">Where its sounds are.</param>
    /// <param name="ct">Stops.</param>
    public static async Task AddAsync(
        ZipArchive zip, string below, Job job, LyricsDocument document, string name, IContentStore store, CancellationToken ct)
    {
        foreach (var format in LyricsFormats.All)
        {
            await using var entry = await zip.CreateEntry($"{below}{name}{format.Extension}").OpenAsync(ct);
            await using var writer = new StreamWriter(entry);
            await writer.WriteAsync(format.Write(document).AsMemory(), ct);
        }
        foreach (var part in (string[])["mix", "vocals", "instrumental"])
        {
            var key = part switch { "mix" => job.InputKey, "vocals" => job.VocalsKey, _ => job.InstrumentalKey };
            if (key is null || await store.OpenAsync(key, ct) is not { } opened)
                continue;
            await using var reading = opened;
            // Sounds are packed already.
            var file = AudioApi.NameOf(job, part, reading.Content.Description.ContentType);
            await using var entry = await zip.CreateEntry(below + file, CompressionLevel.NoCompression).OpenAsync(ct);
            await reading.Stream.CopyToAsync(entry, ct);
        }
    }
}
