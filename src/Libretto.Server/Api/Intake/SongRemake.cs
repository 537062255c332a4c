using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Security;
using Libretto.Storage;

namespace Libretto.Server.Api.Intake;

/// <summary>Has a song that is here made again, with other wishes: nothing has to be sent anew.</summary>
internal sealed class SongRemake(JobOptionsRules rules, Admission admission, LaneChoice lanes, JobStore jobs, JobQueue queue,
    IContentStore store)
{
    /// <summary>Puts the job back into the queue under its id.</summary>
    /// <param name="job">The job, which is over.</param>
    /// <param name="options">The new wishes, in the place of all earlier ones.</param>
    /// <param name="lyrics">The words; none of a user's own where empty, those given before where null.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="ApiProblem">The options, or the job cannot be made again now.</exception>
    public async Task BeginAsync(Job job, JobOptions options, string? lyrics, Caller caller, CancellationToken ct)
    {
        options = options.WithoutBlanks();
        rules.Check(options, caller);
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (job.InputKey is null || await store.FindAsync(job.InputKey, ct) is null)
            throw new ApiProblem(409, "not_ready", "The song's recording is not here. Post the song again.");
        await admission.CheckAsync(caller, ct);
        var given = string.IsNullOrWhiteSpace(lyrics) ? null : GivenLyrics.Of(lyrics, fileName: null);
        if (given is not null)
            await given.StoreAsync(store, ct);
        var lyricsKey = given?.Key ?? (lyrics is null && options.Lyrics is null ? job.LyricsKey : null);
        options = options with
        {
            Track = options.Track ?? job.Options.Track,
            Title = options.Title ?? (job.NamedAt is null ? job.Options.Title : job.Title),
            Artist = options.Artist ?? (job.NamedAt is null ? job.Options.Artist : job.Artist),
            Webhook = job.Options.Webhook,
            Priority = options.Priority ?? job.Options.Priority,
        };
        var resultKey = StoredResult.KeyOf(job.InputKey, lyricsKey, options);
        // Who asks for the same again wants another try, not the same answer.
        if (resultKey == job.ResultKey)
            options = options with { Fresh = true };
        var wanted = (job with
        {
            Options = options,
            LyricsKey = lyricsKey,
            ResultKey = resultKey,
            Lane = lanes.Of(options, lyricsKey is not null),
        }).Needing(JobRequirements.Of(options));
        if (!await jobs.RemakeAsync(job, wanted, ct))
            throw new ApiProblem(409, "job_running", "The song is being worked on, or was edited just now. Try again in a moment.");
        queue.Wake(wanted.Lane);
    }
}
