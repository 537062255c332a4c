using Libretto.Acquire;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Security;
using Libretto.Storage;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// Makes a job of a posted link: one whose song is in the store is ready to be worked on, any other begins with the download.
/// </summary>
internal sealed class LinkIntake(LinkFetch links, JobOptionsRules rules, JobCookies cookies, JobFactory factory, IContentStore store)
{
    /// <summary>The job as it is to be added.</summary>
    /// <exception cref="ApiProblem">The options or the caller's rights.</exception>
    /// <exception cref="AcquireException">The link or the cookies.</exception>
    public async Task<Job> ReadAsync(LinkPost post, Caller caller, CancellationToken ct)
    {
        var options = (post.Options ?? new JobOptions()).WithoutBlanks();
        rules.Check(options, caller);
        var link = SongLink.Parse(post.Url ?? "");
        var given = CookiesOf(post.Cookies, caller);
        var lyrics = post.Lyrics is null ? null : GivenLyrics.Of(post.Lyrics, fileName: null);
        var protectedCookies = given is null ? null : cookies.Protect(given);
        var known = await links.FindAsync(link, ct);
        if (options.Fresh == true)
            known = null;
        if (lyrics is not null)
            await lyrics.StoreAsync(store, ct);
        return factory.ForLink(caller.KeyId, options, link, known, lyrics?.Key) with { Cookies = protectedCookies };
    }

    /// <summary>The cookies that come with a link; null where there are none.</summary>
    /// <exception cref="ApiProblem">The caller may not give any.</exception>
    public static string? CookiesOf(string? given, Caller caller) =>
        string.IsNullOrWhiteSpace(given) ? null
        : caller.IsAdmin ? given
        : throw new ApiProblem(403, "admin_only", "Cookies can be given with an admin key only.");
}

/// <summary>The JSON body of a new job for a link.</summary>
/// <param name="Url">The song's address.</param>
/// <param name="Lyrics">Its words, where they are known.</param>
/// <param name="Options">What is wanted.</param>
/// <param name="Cookies">Cookies for the site, in the Netscape format; with an admin key only.</param>
internal sealed record LinkPost(string? Url, string? Lyrics, JobOptions? Options, string? Cookies);
