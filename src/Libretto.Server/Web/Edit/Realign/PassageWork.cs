using Libretto.Lyrics;
using Libretto.Server.Api;
using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Security;
using Libretto.Server.Web.Watch;
using Libretto.Storage;

namespace Libretto.Server.Web.Edit.Realign;

/// <summary>
/// Has the words of a passage timed by whichever worker is free: as a job, so that it waits its turn, survives restarts and can be
/// stopped, but one that no list shows.
/// </summary>
internal sealed class PassageWork(
    JobStore jobs, JobFactory factory, JobQueue queue, JobFeed feed, IContentStore store, Admission admission, TimeProvider time)
{
    // Long enough for a view that is told of an end to read what came of it.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>Has it done, and forgets it, done or not.</summary>
    /// <param name="song">The job whose song it is.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="passage">The bounds.</param>
    /// <param name="words">The words sung there, a line a line.</param>
    /// <param name="language">The language sung; null when it is not known.</param>
    /// <param name="show">Told how far it is, in words and in percent, on any thread.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="LyricsFormatException">There are no words.</exception>
    /// <exception cref="ApiProblem">Too much waits already, or it failed; the message says why.</exception>
    public async Task<LyricsDocument> RunAsync(Job song, Caller caller, Passage passage, string words, string? language,
        Action<string, double> show, CancellationToken ct)
    {
        var part = await BeginAsync(song, caller, passage, words, language);
        var ended = new TaskCompletionSource<JobMoment>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopping = ct.Register(() => ended.TrySetCanceled(ct));
        try
        {
            using (feed.Watch(part, ShowAsync))
            {
                var end = await ended.Task;
                // Its words lie in the store for a while after their job is forgotten.
                return end.Job is { Status: JobStatus.Completed, DocumentKey: { } key }
                    ? await LyricsApi.ReadAsync(key, store, CancellationToken.None)
                    : throw new ApiProblem(409, end.Job?.ErrorCode ?? "job_cancelled", end.Job?.ErrorMessage ?? "It was stopped.");
            }
        }
        finally
        {
            await jobs.CancelAsync(part, default);
            await jobs.DeleteAsync(part, default);
        }

        Task ShowAsync(JobMoment moment)
        {
            if (moment is { IsKnown: true, Job: { Status: JobStatus.Running or JobStatus.Queued } job })
                show($"{JobCard.Of(moment).Message} …", job.Pct);
            else if (moment.IsKnown)
                ended.TrySetResult(moment);
            return Task.CompletedTask;
        }
    }

    private async Task<string> BeginAsync(Job song, Caller caller, Passage passage, string words, string? language)
    {
        var lyrics = GivenLyrics.Of(words, "passage.txt");
        await admission.CheckAsync(caller, default);
        await jobs.DeletePassagesAsync(song.Id, time.GetUtcNow().UtcDateTime - Kept, default);
        await lyrics.StoreAsync(store, default);
        var options = new JobOptions
        {
            Language = language,
            Engine = song.Options.Engine,
            Model = song.Options.Model,
            Quality = song.Options.Quality,
            Separate = song.Options.Separate,
            Passage = passage,
        };
        var job = factory.ForPassage(song, options, lyrics.Key);
        await jobs.AddAsync(job, default);
        queue.Wake(job);
        return job.Id;
    }
}
