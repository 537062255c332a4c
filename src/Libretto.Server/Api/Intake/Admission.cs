using System.Globalization;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// Says no before work begins: when too many songs wait already, in all or of the same key, and when a key has had what it may have in a
/// day.
/// </summary>
internal sealed class Admission(IDbContextFactory<LibrettoDb> contexts, KeyUsage usage, ServerOptions options)
{
    private const int ComeBackSeconds = 3600;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private const int Sample = 20;
    private const double UsualSongSeconds = 20;

    /// <exception cref="ApiProblem">429, with the time after which there should be room.</exception>
    public async Task CheckAsync(Caller caller, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var unfinished = await _count(context, caller.KeyId, ct);
        if (!caller.IsAdmin && unfinished?.OfKey >= options.JobsPerKey)
            throw await RefusalAsync(context, "quota_exceeded",
                string.Create(CultureInfo.InvariantCulture, $"This key may have {options.JobsPerKey} songs waiting or in work."), ct);
        if (unfinished?.InAll >= options.QueueLimit)
            throw await RefusalAsync(context, "queue_full", "Too many songs wait on this server.", ct);
        await CheckDayAsync(caller, 0, ct);
    }

    /// <summary>
    /// Says no to a song whose length is known now, if with it the key would have more minutes than it may have in a day.
    /// </summary>
    /// <exception cref="ApiProblem">429.</exception>
    public async Task CheckLengthAsync(Caller caller, double? seconds, CancellationToken ct)
    {
        if (options.KeyMinutesPerDay is not null && seconds is { } length)
            await CheckDayAsync(caller, length / 60, ct);
    }

    private async Task CheckDayAsync(Caller caller, double minutes, CancellationToken ct)
    {
        if (caller.IsAdmin || options is { KeySongsPerDay: null, KeyMinutesPerDay: null, KeyUsdPerDay: null })
            return;
        var used = await usage.OfAsync(caller.KeyId, Day, ct);
        string? most = null;
        if (used.Songs >= options.KeySongsPerDay)
            most = Words($"{options.KeySongsPerDay} songs; it has posted {used.Songs}");
        else if (used.Minutes >= options.KeyMinutesPerDay || used.Minutes + minutes > options.KeyMinutesPerDay)
            most = Words($"{options.KeyMinutesPerDay:0.#} minutes of music; it has posted {used.Minutes:0.#}") +
                (minutes > 0 ? Words($", and this song has {minutes:0.#}") : "");
        else if (used.Usd >= options.KeyUsdPerDay)
            most = Words($"{options.KeyUsdPerDay:0.##} US dollars; its songs have cost {used.Usd:0.####}");
        if (most is not null)
            throw new ApiProblem(429, "quota_exceeded",
                $"Within 24 hours this key may have {most}. Try again later, or ask whoever runs this server.", ComeBackSeconds);

        static string Words(FormattableString words) => FormattableString.Invariant(words);
    }

    private static async Task<ApiProblem> RefusalAsync(LibrettoDb context, string code, string words, CancellationToken ct)
    {
        var times = await context.Jobs.AsNoTracking().Where(job => job.Status == JobStatus.Completed && job.ProcessingTimeSeconds != null)
            .OrderByDescending(job => job.CompletedAt).Take(Sample).Select(job => job.ProcessingTimeSeconds!.Value).ToListAsync(ct);
        // When the next song should be done.
        var seconds = (int)Math.Clamp(times.Count > 0 ? Math.Ceiling(times.Average()) : UsualSongSeconds, 1, 300);
        return new ApiProblem(429, code, $"{words} Try again in {seconds} s.", seconds);
    }

    // Asked before every post. Not static: it belongs to one database.
    private readonly Func<LibrettoDb, string, CancellationToken, Task<Unfinished?>> _count =
        EF.CompileAsyncQuery((LibrettoDb context, string keyId, CancellationToken _) => context.Jobs
            .Where(job => job.Status == JobStatus.Queued || job.Status == JobStatus.Running)
            .GroupBy(_ => 1)
            .Select(jobs => new Unfinished(jobs.Count(), jobs.Count(job => job.KeyId == keyId)))
            .FirstOrDefault());

    private sealed record Unfinished(int InAll, int OfKey);
}
