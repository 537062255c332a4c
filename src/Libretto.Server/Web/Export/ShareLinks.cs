using System.Security.Cryptography;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Web.Export;

/// <summary>
/// Links that show one song, read-only, to whoever has them, until they expire or are revoked. A link is the id of its row, sealed by
/// the server's own keys; nothing else can be reached through one.
/// </summary>
internal sealed class ShareLinks(IDataProtectionProvider protection, IDbContextFactory<LibrettoDb> contexts, TimeProvider time)
{
    public const string Root = ServerPaths.Shared;

    private readonly IDataProtector _seal = protection.CreateProtector("share");

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Makes a link to a job; those of any job that have expired are forgotten.</summary>
    public async Task<Share> MakeAsync(string jobId, TimeSpan lifetime, CancellationToken ct)
    {
        var share = new Share(Guid.NewGuid().ToString("N"), jobId, Now, Now + lifetime);
        await using var context = await contexts.CreateDbContextAsync(ct);
        var now = Now;
        await context.Shares.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(ct);
        context.Shares.Add(share);
        await context.SaveChangesAsync(ct);
        return share;
    }

    /// <summary>The path of a link below the server's own.</summary>
    public string PathOf(Share share) => $"{Root}/{_seal.Protect(share.Id)}";

    /// <summary>A job's links that work, the newest first.</summary>
    public async Task<IReadOnlyList<Share>> ListAsync(string jobId, CancellationToken ct)
    {
        var now = Now;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Shares.AsNoTracking()
            .Where(row => row.JobId == jobId && row.ExpiresAt > now)
            .OrderByDescending(row => row.CreatedAt).ToListAsync(ct);
    }

    /// <summary>Revokes a link: from now on it shows nothing.</summary>
    public async Task RevokeAsync(string jobId, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Shares.Where(row => row.JobId == jobId && row.Id == id).ExecuteDeleteAsync(ct);
    }

    /// <summary>The link that a token is; null when it has expired, was revoked or is not ours.</summary>
    public async Task<Share?> OpenAsync(string token, CancellationToken ct)
    {
        if (IdOf(token) is not { } id)
            return null;
        var now = Now;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Shares.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.ExpiresAt > now, ct);
    }

    private string? IdOf(string token)
    {
        try
        {
            return _seal.Unprotect(token);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
