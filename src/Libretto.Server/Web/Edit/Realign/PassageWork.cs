using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Security;
using Libretto.Storage;

namespace Libretto.Server.Web.Edit;

/// <summary>
/// Has the words of a passage timed by whichever worker is free: as a job, so that it waits its turn, survives restarts and can be
/// stopped, but one that no list shows.
/// </summary>
internal sealed class PassageWork(
    JobStore jobs, JobFactory factory, JobQueue queue, IContentStore store, Admission admission, TimeProvider time)
{
    // Long enough for a view that is told of an end to read what came of it.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>Begins; returns the job's id.</summary>
    /// <param name="song">The job whose song it is.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="passage">The bounds.</param>
    /// <param name="words">The words sung there, a line a line.</param>
    /// <param name="language">The language sung; null when it is not known.</param>
    /// <exception cref="Lyrics.LyricsFormatException">There are no words.</exception>
    /// <exception cref="ApiProblem">Too much waits already.</exception>
    public async Task<string> BeginAsync(Job song, Caller caller, Passage passage, string words, string? language)
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

    /// <summary>Forgets it, done or not.</summary>
    public async Task ForgetAsync(string id)
    {
        await jobs.CancelAsync(id, default);
        await jobs.DeleteAsync(id, default);
    }
}
