using AnyAscii;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Jobs;

/// <summary>Which jobs to list, and in what order.</summary>
internal sealed record JobQuery
{
    /// <summary>Whose; everyone's when null.</summary>
    public string? KeyId { get; init; }

    /// <summary>Only those; all when null.</summary>
    public string? Status { get; init; }

    /// <summary>
    /// Parts of the title, artist, file name or link, whatever their case and accents, each of which must be there; all when null.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>Only those that came with this list; all when null.</summary>
    public string? ListId { get; init; }

    /// <summary>Only those with words to sing to.</summary>
    public bool CanPlay { get; init; }

    /// <summary>Only those that come after this one in the order; from the first when null.</summary>
    public string? After { get; init; }

    public JobOrder Order { get; init; }

    /// <summary>How many at most.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The jobs, as the database has them now.</summary>
    public async Task<List<Job>> ListAsync(LibrettoDb context, CancellationToken ct)
    {
        var jobs = context.Jobs.AsNoTracking().Where(job => job.PartOf == null && job.DeletedAt == null);
        if (KeyId is not null)
            jobs = jobs.Where(job => job.KeyId == KeyId);
        if (Status is not null)
            jobs = jobs.Where(job => job.Status == Status);
        if (ListId is not null)
            jobs = jobs.Where(job => job.ListId == ListId);
        if (CanPlay)
            jobs = jobs.Where(job => job.DocumentKey != null && job.ExpiredAt == null);
        if (After is not null && Order == JobOrder.Newest)
            jobs = jobs.Where(job => string.Compare(job.Id, After) < 0);
        if (After is not null && Order == JobOrder.Oldest)
            jobs = jobs.Where(job => string.Compare(job.Id, After) > 0);
        jobs = Order == JobOrder.Oldest ? jobs.OrderBy(job => job.Id) : jobs.OrderByDescending(job => job.Id);
        if (Search is null && IsByTime)
            return await jobs.Take(Limit).ToListAsync(ct);
        // Neither database knows letters as people do: what is said of the songs is compared here, and only those found are read whole.
        var names = jobs.Select(job => new Names(job.Id, job.Title ?? job.FileName ?? job.Url, job.Artist, job.FileName, job.Url));
        var parts = Folded(Search).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = new List<Names>();
        await foreach (var name in names.AsAsyncEnumerable().WithCancellation(ct))
        {
            if (name.HoldAll(parts))
                found.Add(name);
            if (IsByTime && found.Count == Limit)
                break;
        }
        var sorted = Sorted(found).Select(name => name.Id);
        if (After is not null && !IsByTime)
            sorted = sorted.SkipWhile(id => id != After).Skip(1);
        string[] ids = [.. sorted.Take(Limit)];
        var read = await context.Jobs.AsNoTracking().Where(job => ids.Contains(job.Id)).ToDictionaryAsync(job => job.Id, ct);
        return [.. ids.Where(read.ContainsKey).Select(id => read[id])];
    }

    private bool IsByTime => Order is JobOrder.Newest or JobOrder.Oldest;

    private IEnumerable<Names> Sorted(List<Names> found) => Order switch
    {
        JobOrder.Title => found.OrderBy(name => Folded(name.Title), StringComparer.Ordinal),
        JobOrder.Artist => found.OrderBy(name => name.Artist is null).ThenBy(name => Folded(name.Artist), StringComparer.Ordinal)
            .ThenBy(name => Folded(name.Title), StringComparer.Ordinal),
        _ => found,
    };

    private static string Folded(string? text) => (text ?? "").Transliterate().ToLowerInvariant();

    private sealed record Names(string Id, string? Title, string? Artist, string? FileName, string? Url)
    {
        public bool HoldAll(string[] parts)
        {
            if (parts.Length == 0)
                return true;
            var text = Folded($"{Title} {Artist} {FileName} {Url}");
            return parts.All(part => text.Contains(part, StringComparison.Ordinal));
        }
    }
}

/// <summary>The orders of a list of jobs.</summary>
internal enum JobOrder
{
    Newest,

    /// <summary>As songs of a list follow each other.</summary>
    Oldest,
    Title,
    Artist,
}
