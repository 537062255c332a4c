using System.Text.Json;
using Libretto.Acquire;
using Libretto.Library.Files;
using Libretto.Lyrics;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Api.Intake;

/// <summary>Makes a group of jobs of a list of songs: a link to a playlist, album or channel, or a file that names links.</summary>
internal sealed class ListIntake(
    LinkFetch links, JobIntake songs, JobOptionsRules rules, Admission admission, ListStore lists, TemporaryFolder temporary,
    ServerOptions options, TimeProvider time)
{
    public const int MostItems = 1000;
    private const int UsualItems = 100;
    private const int LongestName = 200;

    /// <summary>Takes a list in. Songs for which there is no room are left out, and named.</summary>
    /// <param name="request">JSON with <c>url</c>, or a form with <c>file</c>.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Stops; what has become a job stays one.</param>
    /// <exception cref="ApiProblem">The request, the list or the caller's rights.</exception>
    /// <exception cref="LibrettoException">The link, the site or yt-dlp.</exception>
    public async Task<TakenList> TakeAsync(HttpRequest request, Caller caller, CancellationToken ct)
    {
        var repeats = JobIntake.IdempotencyKeyOf(request);
        var (post, file) = await ReadAsync(request, ct);
        var wishes = (post.Options ?? new JobOptions()).WithoutBlanks();
        rules.Check(wishes, caller);
        if ((wishes.Title ?? wishes.Artist) is not null || wishes.Passage is not null)
            throw ApiProblem.BadOption("title", "a list has many songs: title, artist and passage are of one");
        if (post.Items is < 1 or > MostItems)
            throw ApiProblem.BadOption("items", $"give a number from 1 to {MostItems}");
        await admission.CheckAsync(caller, ct);
        var found = file is { } named ? OfFile(named.Name, named.Bytes, post) : await OfLinkAsync(post, caller, ct);
        if (found.Links.Count == 0)
            throw new ApiProblem(422, "list_empty",
                found.LeftOut.Count == 0 ? "The list names no songs."
                    : "The list names files, which this server cannot see: post the songs.");

        var list = await lists.AddAsync(
            new SongList(Job.NewId(), caller.KeyId, found.Name, post.Url, found.Found, repeats, time.GetUtcNow().UtcDateTime), ct);
        var (count, leftOut) = (0, found.LeftOut.ToList());
        foreach (var (place, link) in found.Links.Index())
        {
            try
            {
                // Each song asks for room as if it were posted alone; the list's own name makes it the same job when all is repeated.
                if (count > 0)
                    await admission.CheckAsync(caller, ct);
                await songs.TakeAsync(new LinkPost(link, null, wishes, post.Cookies), caller, $"list:{list.Id}:{place}", ct, list.Id);
                count++;
            }
            catch (ApiProblem e) when (e.Status == 429 && count > 0)
            {
                leftOut.Add($"{found.Links.Count - count} songs: {e.Message}");
                break;
            }
            catch (AcquireException e)
            {
                leftOut.Add($"{link}: {e.Message}");
            }
        }
        if (count > 0)
            return new TakenList(list, leftOut);
        await lists.RemoveAsync(list.Id, ct);
        throw new ApiProblem(422, "list_empty", $"No song of the list can be had. {string.Join(' ', leftOut)}");
    }

    private async Task<FoundSongs> OfLinkAsync(ListPost post, Caller caller, CancellationToken ct)
    {
        var cookies = LinkIntake.CookiesOf(post.Cookies, caller);
        var link = SongLink.ParseList(post.Url ?? "");
        var folder = Directory.CreateDirectory(temporary.NewFile()).FullName;
        try
        {
            var asked = new LinkRequest(link, folder)
            {
                Limits = new FetchLimits { Bytes = options.MaxUploadBytes, Duration = options.MaxDuration },
                Cookies = cookies is null ? null : CookieJar.Parse(cookies, "The text given as cookies", time.GetUtcNow()),
                WithoutBadCookies = true,
            };
            // A link that leads to a song is a list of one.
            return await links.ListAsync(asked, post.Items ?? UsualItems, ct) is not { } list
                ? new FoundSongs(NameOf(post.Name, link.Address.AbsoluteUri), [link.Address.AbsoluteUri], 1, [])
                : new FoundSongs(
                    NameOf(post.Name, list.Title ?? link.Address.Host), [.. list.Links.Distinct()], list.Count ?? list.Links.Count, []);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static FoundSongs OfFile(string name, byte[] bytes, ListPost post)
    {
        string[] entries;
        try
        {
            entries = [.. PlaylistFiles.Named(bytes, name).Distinct()];
        }
        catch (LyricsFormatException e)
        {
            throw new ApiProblem(422, "list_broken", $"{name} cannot be read as a list of songs: {e.Message}");
        }
        string[] found = [.. entries.Where(SongLink.LooksLikeLink)];
        var files = entries.Length - found.Length;
        return new FoundSongs(
            NameOf(post.Name, Path.GetFileNameWithoutExtension(name)), [.. found.Take(post.Items ?? UsualItems)], entries.Length,
            files == 0 ? [] : [$"{files} files, which this server cannot see: post the songs."]);
    }

    private static string NameOf(string? given, string otherwise)
    {
        var name = FormValue.Text(given ?? "") ?? otherwise.Trim();
        return name.Length == 0 ? "A list" : name[..Math.Min(name.Length, LongestName)];
    }

    private static async Task<(ListPost Post, (string Name, byte[] Bytes)? File)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
            return (await JsonBody.ReadAsync(request, ApiJson.Readable.ListPost, ct), null);
        try
        {
            var form = await request.ReadFormAsync(ct);
            var wishes = form["options"].ToString() is { Length: > 0 } json
                ? JsonSerializer.Deserialize(json, ApiJson.Readable.JobOptions) : null;
            if (form.Files.GetFile("file") is not { } file)
                throw new ApiProblem(400, "file_missing", "There is no part named file. Name it, as in: curl -F file=@party.m3u8");
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, ct);
            var items = FormValue.Whole("items", form["items"].ToString(), 1, MostItems);
            return (new ListPost(null, form["name"].ToString(), items, wishes, null), (file.FileName, bytes.ToArray()));
        }
        catch (JsonException e)
        {
            throw ApiProblem.BadJson("The part options", e);
        }
        catch (InvalidDataException)
        {
            throw new ApiProblem(400, "multipart_broken", "The form cannot be read. Send it as multipart/form-data.");
        }
    }

    private sealed record FoundSongs(string Name, IReadOnlyList<string> Links, int Found, IReadOnlyList<string> LeftOut);
}

/// <summary>The JSON body of a new list.</summary>
/// <param name="Url">The address of a playlist, an album or a channel.</param>
/// <param name="Name">What to call it; its own name when absent.</param>
/// <param name="Items">How many of its songs are taken, from the first; 100 when absent.</param>
/// <param name="Options">What is wanted of each song.</param>
/// <param name="Cookies">Cookies for the site, in the Netscape format; with an admin key only.</param>
internal sealed record ListPost(string? Url, string? Name, int? Items, JobOptions? Options, string? Cookies);

/// <summary>A list that was taken in.</summary>
/// <param name="List">The list.</param>
/// <param name="LeftOut">What did not become a job and why, a sentence each.</param>
internal sealed record TakenList(SongList List, IReadOnlyList<string> LeftOut);
