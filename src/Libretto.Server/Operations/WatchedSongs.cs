using System.Security.Cryptography;
using System.Text;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Library;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Storage;

namespace Libretto.Server.Operations;

/// <summary>
/// Makes the lyrics of songs in watched folders as jobs, which belong to no key: admins see them. The same song with the same words is the
/// same job, whoever asks for it and however often.
/// </summary>
internal sealed class WatchedSongs(
    IContentStore store, AudioDecoder decoder, JobFactory factory, JobStore jobs, JobQueue queue, JobWaiter waiter) : ILyricsMaker
{
    public async Task<MadeLyrics> MakeAsync(SongRequest request, IProgress<SongProgress>? progress, CancellationToken cancellationToken)
    {
        var given = request.Lyrics is { } words ? GivenLyrics.Of(LyricsFormats.Json.Write(words), "given.json") : null;
        var job = await PostAsync(request, given, cancellationToken);
        if (!JobStatus.IsFinal(job.Status))
            job = await waiter.EndOfAsync(job.Id, idle: null, cancellationToken) ?? throw Gone(request.Path, "was deleted");
        if (job.Status == JobStatus.Cancelled)
            throw Gone(request.Path, "was cancelled");
        if (job.Status == JobStatus.Failed)
            throw new LibrettoException(
                ErrorKind.Failed, job.ErrorCode ?? "job_failed", $"Job {job.Id} of {request.Path} failed: {job.ErrorMessage}",
                isTransient: true);
        var document = await DocumentAsync(job, cancellationToken) ?? throw Gone(request.Path, "has lost its result");
        return new MadeLyrics(document, [])
        {
            LyricsRefused = given is not null && document.Lines.Count > 0 && document.Method?.Lyrics is null,
        };
    }

    /// <summary>The song's job: the one that there is, unless its result is gone by now, else a new one.</summary>
    private async Task<Job> PostAsync(SongRequest request, GivenLyrics? given, CancellationToken ct)
    {
        var info = await decoder.ProbeAsync(request.Path, ct);
        var input = await KeepAsync(request.Path, info, ct);
        if (given is not null)
            await given.StoreAsync(store, ct);
        var options = new JobOptions
        {
            Title = request.Title,
            Artist = request.Artist,
            CheckLyrics = given is null ? null : true,
            // A whole collection that is come upon does not keep people waiting.
            Priority = -1,
        };
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Path}\n{input.Key}\n{given?.Key}"));
        for (var name = $"watch:{Convert.ToHexStringLower(hash)}"; ;)
        {
            if (await jobs.FindRepeatedAsync("", name, ct) is { } earlier)
            {
                if (await IsOfUseAsync(earlier, ct))
                    return earlier;
                name = $"watch:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name + earlier.Id)))}";
                continue;
            }
            var job = factory.ForSong("", options, Path.GetFileName(request.Path), input.Key, given?.Key) with
            {
                IdempotencyKey = name, Duration = info.Duration, HasCover = info.HasCoverArt,
            };
            if (await StoredResult.FindAsync(store, job.ResultKey!, ct) is { } known)
                job = await factory.AnsweredAsync(job, known, ct);
            var added = await jobs.AddAsync(job, ct);
            if (added.Id == job.Id && job.Status == JobStatus.Queued)
                queue.Wake(job);
            return added;
        }
    }

    private async Task<StoredContent> KeepAsync(string song, AudioInfo info, CancellationToken ct)
    {
        try
        {
            return await store.AddFileAsync(AudioContent.Folder, song, AudioContent.Describe(info), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LibrettoException(
                ErrorKind.Input, "file_unreadable", $"{song} cannot be read: {e.Message} Change its permissions.", isTransient: true, e);
        }
    }

    /// <summary>Whether a job from before answers: one that was thrown away does not, nor one whose words are gone.</summary>
    private async Task<bool> IsOfUseAsync(Job job, CancellationToken ct) =>
        job.DeletedAt is null && job.ExpiredAt is null &&
        (job.Status != JobStatus.Completed || await DocumentAsync(job, ct) is not null);

    private async Task<LyricsDocument?> DocumentAsync(Job job, CancellationToken ct) =>
        job.DocumentKey is { } key ? await StoredResult.FindLyricsAsync(store, key, ct) : null;

    private static LibrettoException Gone(string song, string what) => new(
        ErrorKind.Failed, "job_gone", $"The job of {song} {what}, so nothing is written beside it.", isTransient: true);
}
