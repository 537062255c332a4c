using System.Text.Json;
using Libretto.Acquire;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// Makes a job of a posted link: one whose song is in the store is ready to be worked on, any other begins with the download.
/// </summary>
internal sealed class LinkIntake(LinkFetch links, JobOptionsRules rules, JobCookies cookies, JobFactory factory, IContentStore store)
{
    /// <summary>The job as it is to be added.</summary>
    /// <exception cref="ApiProblem">The body, its options or the caller's rights.</exception>
    /// <exception cref="AcquireException">The link or the cookies.</exception>
    public async Task<Job> ReadAsync(HttpRequest request, Caller caller, CancellationToken ct)
    {
        var post = await BodyAsync(request, ct);
        var options = (post.Options ?? new JobOptions()).WithoutBlanks();
        rules.Check(options, caller);
        var link = SongLink.Parse(post.Url ?? "");
        if (!string.IsNullOrWhiteSpace(post.Cookies) && !caller.IsAdmin)
            throw new ApiProblem(403, "admin_only", "Cookies can be given with an admin key only.");
        var lyrics = post.Lyrics is null ? null : GivenLyrics.Of(post.Lyrics, fileName: null);
        var protectedCookies = string.IsNullOrWhiteSpace(post.Cookies) ? null : cookies.Protect(post.Cookies);
        var known = await links.FindAsync(link, ct);
        if (options.Fresh == true)
            known = null;
        if (lyrics is not null)
            await lyrics.StoreAsync(store, ct);
        return factory.ForLink(caller.KeyId, options, link, known, lyrics?.Key) with { Cookies = protectedCookies };
    }

    private static async Task<LinkPost> BodyAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, ApiJson.Readable.LinkPost, ct)
                ?? throw ApiProblem.BadJson("The body");
        }
        catch (JsonException e)
        {
            throw ApiProblem.BadJson("The body", e);
        }
    }
}

/// <summary>The JSON body of a new job for a link.</summary>
/// <param name="Url">The song's address.</param>
/// <param name="Lyrics">Its words, where they are known.</param>
/// <param name="Options">What is wanted.</param>
/// <param name="Cookies">Cookies for the site, in the Netscape format; with an admin key only.</param>
internal sealed record LinkPost(string? Url, string? Lyrics, JobOptions? Options, string? Cookies);
