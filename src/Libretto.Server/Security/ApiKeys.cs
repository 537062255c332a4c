using System.Security.Cryptography;
using System.Text;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Security;

/// <summary>
/// API keys: <c>lib_ID_SECRET</c>. Only the secret's hash is kept; it is drawn from 256 random bits, so a fast hash is enough.
/// </summary>
internal sealed class ApiKeys(IDbContextFactory<LibrettoDb> contexts, TimeProvider time)
{
    public const string UserScope = "user";
    public const string AdminScope = "admin";
    private const string Prefix = "lib_";

    // How long a revoked key may still work.
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);

    // One reading for all who ask meanwhile; replaced as a whole, so that nobody sees half of it.
    private volatile Reading? _reading;

    /// <summary>Whether keys are in use: from the first one made on, even if all are revoked.</summary>
    public async Task<bool> AreInUseAsync(CancellationToken ct) => (await ReadAsync(ct)).Count > 0;

    /// <summary>The key, if it is one and was not revoked.</summary>
    public async Task<ApiKey?> FindAsync(string text, CancellationToken ct)
    {
        var parts = text.Split('_');
        if (parts is not [var prefix, var id, var secret] || prefix + "_" != Prefix)
            return null;
        var key = (await ReadAsync(ct)).GetValueOrDefault(id);
        var isRight = CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(key?.Hash ?? new string('0', 64)));
        return isRight && key!.RevokedAt is null ? key : null;
    }

    /// <summary>Whether a key that once let someone in still would.</summary>
    public async Task<bool> IsGoodAsync(string id, CancellationToken ct) =>
        (await ReadAsync(ct)).GetValueOrDefault(id) is { RevokedAt: null };

    /// <summary>Makes a key; its text is shown this once.</summary>
    public async Task<(ApiKey Key, string Text)> CreateAsync(string name, string scope, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var key = new ApiKey(RandomNumberGenerator.GetHexString(12, lowercase: true), name, HashOf(secret), scope,
            time.GetUtcNow().UtcDateTime, null);
        await using var context = await contexts.CreateDbContextAsync(ct);
        context.ApiKeys.Add(key);
        await context.SaveChangesAsync(ct);
        _reading = null;
        return (key, $"{Prefix}{key.Id}_{secret}");
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.ApiKeys.AsNoTracking().OrderBy(key => key.CreatedAt).ToListAsync(ct);
    }

    /// <summary>Makes a key useless for ever; false when there is none such.</summary>
    public async Task<bool> RevokeAsync(string idOrName, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var revoked = await context.ApiKeys.Where(key => (key.Id == idOrName || key.Name == idOrName) && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), ct);
        _reading = null;
        return revoked > 0;
    }

    private async Task<IReadOnlyDictionary<string, ApiKey>> ReadAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var known = _reading;
        if (known is null || now - known.At >= CacheTime || known.Keys.Value.IsFaulted)
        {
            var next = new Reading(now, new Lazy<Task<IReadOnlyDictionary<string, ApiKey>>>(ReadAllAsync));
            // Of several who find it old at once, one reads and the others wait for that.
            var first = Interlocked.CompareExchange(ref _reading, next, known);
            known = first == known ? next : first ?? next;
        }
        return await known.Keys.Value.WaitAsync(ct);
    }

    // For all who wait, so no one's going away stops it.
    private async Task<IReadOnlyDictionary<string, ApiKey>> ReadAllAsync() =>
        (await ListAsync(CancellationToken.None)).ToDictionary(key => key.Id, StringComparer.Ordinal);

    private sealed record Reading(DateTimeOffset At, Lazy<Task<IReadOnlyDictionary<string, ApiKey>>> Keys);

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
