using System.Security.Cryptography;
using System.Text;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Web.Party;

/// <summary>Parties and their queues. All of it lies in the database: a server that is started anew goes on where it was.</summary>
internal sealed class PartyStore(IDbContextFactory<LibrettoDb> contexts, JobChanges changes, JobStore jobs, TimeProvider time)
{
    /// <summary>Entries of one guest that may wait at once.</summary>
    public const int MostOfAGuest = 5;

    private const int Most = 1000;
    private const int LongestName = 40;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(18);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Watches a party.</summary>
    public JobChanges.Watch Watch(string partyId) => changes.Start(ChannelOf(partyId));

    public async Task<Data.Entities.Party> BeginAsync(string keyId, bool seesAll, string name, bool allowsLinks, CancellationToken ct)
    {
        var party = new Data.Entities.Party(
            Job.NewId(), keyId, seesAll, Words(name, LongestName) ?? "Karaoke", allowsLinks, Now, Now + Lifetime, 1);
        await using var context = await contexts.CreateDbContextAsync(ct);
        context.Parties.Add(party);
        await context.SaveChangesAsync(ct);
        return party;
    }

    /// <summary>A party that is not over; null when there is none.</summary>
    public async Task<Data.Entities.Party?> FindAsync(string id, CancellationToken ct)
    {
        var now = Now;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Parties.AsNoTracking().FirstOrDefaultAsync(party => party.Id == id && party.EndsAt > now, ct);
    }

    /// <summary>A host's parties that are not over, the newest first.</summary>
    public async Task<IReadOnlyList<Data.Entities.Party>> ListAsync(string keyId, CancellationToken ct)
    {
        var now = Now;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Parties.AsNoTracking().Where(party => party.KeyId == keyId && party.EndsAt > now)
            .OrderByDescending(party => party.Id).ToListAsync(ct);
    }

    public Task AllowLinksAsync(string id, bool allows, CancellationToken ct) => ChangeAsync(
        id, context => context.Parties.Where(party => party.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(party => party.AllowsLinks, allows), ct), ct);

    public Task EndAsync(string id, CancellationToken ct)
    {
        var now = Now;
        return ChangeAsync(id, context => context.Parties.Where(party => party.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(party => party.EndsAt, now), ct), ct);
    }

    /// <summary>The queue as it stands.</summary>
    public async Task<PartyQueue> QueueAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var revision = await context.Parties.Where(party => party.Id == id).Select(party => party.Revision).FirstOrDefaultAsync(ct);
        var entries = await context.PartyEntries.AsNoTracking().Where(entry => entry.PartyId == id && entry.State != PartyState.Out)
            .ToListAsync(ct);
        var waiting = PartyOrder.Of(entries);
        var now = entries.Where(entry => entry.State == PartyState.Singing).MaxBy(entry => entry.Id, StringComparer.Ordinal);
        string[] shown = [.. waiting.Select(entry => entry.JobId).Append(now?.JobId).OfType<string>().Distinct()];
        var songs = await context.Jobs.AsNoTracking().Where(job => shown.Contains(job.Id) && job.DeletedAt == null)
            .Select(job => new PartySong(job.Id, job.Title ?? job.FileName ?? job.Url ?? "A song", job.Artist, job.Duration,
                job.DocumentKey != null && job.ExpiredAt == null, job.Status == JobStatus.Failed || job.Status == JobStatus.Cancelled))
            .ToDictionaryAsync(song => song.JobId, ct);
        return new PartyQueue(revision, now is null ? null : Of(now), [.. waiting.Select(Of)]);

        PartyTurn Of(PartyEntry entry) => new(entry, songs.GetValueOrDefault(entry.JobId));
    }

    /// <summary>Puts a song into the queue.</summary>
    /// <param name="party">The party.</param>
    /// <param name="jobId">The song, which the caller has seen to be the party's.</param>
    /// <param name="singer">Who sings it.</param>
    /// <param name="guest">What the guest's phone proves itself by; null for the host.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="ApiProblem">The name, or too many wait already.</exception>
    public async Task<PartyEntry> AddAsync(Data.Entities.Party party, string jobId, string singer, string? guest, CancellationToken ct)
    {
        var name = Words(singer, LongestName)
            ?? throw new ApiProblem(422, "option_invalid", "Say who sings, in up to 40 letters.") { Param = "singer" };
        var proof = guest is null ? "" : HashOf(guest);
        var entry = new PartyEntry(Job.NewId(), party.Id, jobId, name, proof, PartyState.Waiting, Now);
        await ChangeAsync(party.Id, async context =>
        {
            var waiting = context.PartyEntries.Where(other => other.PartyId == party.Id && other.State == PartyState.Waiting);
            if (await waiting.CountAsync(ct) >= Most)
                throw new ApiProblem(429, "queue_full", $"{Most} songs wait already. Sing some first.");
            if (guest is not null && await waiting.CountAsync(other => other.Guest == proof, ct) >= MostOfAGuest)
                throw new ApiProblem(429, "quota_exceeded", $"{MostOfAGuest} of your songs wait already. Sing one first, or take one out.");
            context.PartyEntries.Add(entry);
            await context.SaveChangesAsync(ct);
        }, ct);
        return entry;
    }

    /// <summary>Takes a song out; false when it does not wait, or is not the guest's own.</summary>
    /// <param name="partyId">The party.</param>
    /// <param name="entryId">The entry.</param>
    /// <param name="guest">What the guest's phone proves itself by; null for the host, who may take out any.</param>
    /// <param name="ct">Stops.</param>
    public async Task<bool> TakeOutAsync(string partyId, string entryId, string? guest, CancellationToken ct)
    {
        var proof = guest is null ? null : HashOf(guest);
        var changed = 0;
        await ChangeAsync(partyId, async context => changed = await context.PartyEntries
            .Where(entry => entry.Id == entryId && entry.PartyId == partyId && entry.State == PartyState.Waiting)
            .Where(entry => proof == null || entry.Guest == proof)
            .ExecuteUpdateAsync(set => set.SetProperty(entry => entry.State, PartyState.Out), ct), ct);
        return changed > 0;
    }

    /// <summary>
    /// Goes on to the next song that can be sung. Two screens of one party may say so at once: it goes on once, from the song both showed.
    /// </summary>
    /// <param name="partyId">The party.</param>
    /// <param name="from">The entry that is over; null while nobody sings.</param>
    /// <param name="ct">Stops.</param>
    public async Task NextAsync(string partyId, string? from, CancellationToken ct)
    {
        var queue = await QueueAsync(partyId, ct);
        if (queue.Now?.Entry.Id != from)
            return;
        var next = queue.Waiting.FirstOrDefault(turn => turn.Song is { IsReady: true });
        await ChangeAsync(partyId, async context =>
        {
            if (from is not null && await MoveAsync(context, from, PartyState.Singing, PartyState.Sung, ct) == 0)
                return;
            if (next is not null)
                await MoveAsync(context, next.Entry.Id, PartyState.Waiting, PartyState.Singing, ct);
            // What will never be sung is not waited for.
            foreach (var gone in queue.Waiting.Where(turn => turn.Song is null or { IsLost: true, IsReady: false }))
                await MoveAsync(context, gone.Entry.Id, PartyState.Waiting, PartyState.Out, ct);
        }, ct);
    }

    /// <summary>A job of the party's songs; null when it is not one of them.</summary>
    public async Task<Job?> SongAsync(Data.Entities.Party party, string jobId, CancellationToken ct) =>
        await jobs.FindAsync(jobId, ct) is { PartOf: null } job && (party.SeesAll || job.KeyId == party.KeyId) ? job : null;

    private static Task<int> MoveAsync(LibrettoDb context, string id, string from, string to, CancellationToken ct) =>
        context.PartyEntries.Where(entry => entry.Id == id && entry.State == from)
            .ExecuteUpdateAsync(set => set.SetProperty(entry => entry.State, to), ct);

    private async Task ChangeAsync(string partyId, Func<LibrettoDb, Task> change, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            context.ChangeTracker.Clear();
            await using var transaction = await context.Database.BeginTransactionAsync(ct);
            // The party's row is the lock under which its queue changes.
            await context.Parties.Where(party => party.Id == partyId)
                .ExecuteUpdateAsync(set => set.SetProperty(party => party.Revision, party => party.Revision + 1), ct);
            await change(context);
            await transaction.CommitAsync(ct);
        });
        changes.Publish(ChannelOf(partyId));
    }

    private static string ChannelOf(string partyId) => $"party-{partyId}";

    private static string HashOf(string guest) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(guest)));

    /// <summary>Words for people to see, without control characters; null where none are left.</summary>
    private static string? Words(string text, int longest)
    {
        var words = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return words.Length == 0 ? null
            : words.Length <= longest ? words
            : words[..(char.IsHighSurrogate(words[longest - 1]) ? longest - 1 : longest)];
    }
}

/// <summary>A party's queue at a moment.</summary>
/// <param name="Revision">Grows with each change.</param>
/// <param name="Now">Who sings; null while nobody does.</param>
/// <param name="Waiting">Who comes next, in order.</param>
internal sealed record PartyQueue(long Revision, PartyTurn? Now, IReadOnlyList<PartyTurn> Waiting)
{
    public static PartyQueue Empty { get; } = new(0, null, []);

    /// <summary>Whether it changes without anybody changing it: a song in it is still being made.</summary>
    public bool IsWaitedFor => Waiting.Any(turn => turn.Song is { IsReady: false, IsLost: false });

    public bool IsSame(PartyQueue other) => Revision == other.Revision && Now == other.Now && Waiting.SequenceEqual(other.Waiting);
}

/// <summary>An entry and its song, which may be gone.</summary>
internal sealed record PartyTurn(PartyEntry Entry, PartySong? Song);

/// <summary>A song as a queue shows it.</summary>
/// <param name="JobId">Its job.</param>
/// <param name="Title">Its title.</param>
/// <param name="Artist">Its artist; null when unknown.</param>
/// <param name="Duration">Seconds; null when unknown.</param>
/// <param name="IsReady">Whether it can be sung.</param>
/// <param name="IsLost">Whether it failed or was given up.</param>
internal sealed record PartySong(string JobId, string Title, string? Artist, double? Duration, bool IsReady, bool IsLost);
