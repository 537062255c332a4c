using System.Globalization;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Server.Http;
using Libretto.Server.Security;
using Libretto.Storage;

namespace Libretto.Server.Api.Intake;

/// <summary>Puts uploaded songs into the store.</summary>
internal sealed class SongUploads(IContentStore store, AudioDecoder decoder, Admission admission, ServerOptions options) : IDisposable
{
    // Probing starts a process: no more at once than there are cores.
    private readonly SemaphoreSlim _probing = new(Environment.ProcessorCount);

    public void Dispose() => _probing.Dispose();

    /// <summary>Where a song lies in the store, or would.</summary>
    public static string KeyOf(Upload upload) => $"{StoreFolders.Audio}/{upload.Sha256}";

    /// <summary>Puts a song into the store, unless it is there already.</summary>
    /// <returns>Its length in seconds, null when its file does not say; and whether it holds a picture of its cover.</returns>
    /// <exception cref="ApiProblem">It is no song, or too long: for this server, or for what the caller may have in a day.</exception>
    public async Task<(double? Duration, bool HasCover)> KeepAsync(Upload upload, Caller caller, CancellationToken ct)
    {
        var kept = await KeepAsync(upload, ct);
        await admission.CheckLengthAsync(caller, kept.Duration, ct);
        return kept;
    }

    private async Task<(double? Duration, bool HasCover)> KeepAsync(Upload upload, CancellationToken ct)
    {
        if (await store.FindAsync(KeyOf(upload), ct) is { } known)
        {
            await RenewAsync(upload, known, ct);
            return (AudioContent.DurationOf(known), AudioContent.HasCover(known));
        }
        var file = await upload.Spool.FileAsync(ct);
        var info = await ProbeAsync(file, ct);
        if (info.Duration > options.MaxDuration.TotalSeconds)
            throw new ApiProblem(422, "too_long", string.Create(CultureInfo.InvariantCulture,
                $"The recording is {info.Duration / 60:0} minutes long; this server takes up to {options.MaxDuration.TotalMinutes:0.#}."));
        await store.AddFileAsync(AudioContent.Folder, file, AudioContent.Describe(info), ct);
        return (info.Duration, info.HasCoverArt);
    }

    /// <summary>
    /// A copy that lies beyond the network only may be damaged there, or out of reach when the work begins. The bytes are at hand: they
    /// take its place, here and there.
    /// </summary>
    private async Task RenewAsync(Upload upload, StoredContent known, CancellationToken ct)
    {
        if (store is not TieredContentStore tiers || await tiers.Local.FindAsync(known.Key, ct) is not null)
            return;
        await using var file = new FileStream(
            await upload.Spool.FileAsync(ct), FileMode.Open, FileAccess.Read, FileShare.Read, 0,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        await store.PutAsync(known.Key, file, known.Description, ct);
    }

    private async Task<AudioInfo> ProbeAsync(string file, CancellationToken ct)
    {
        await _probing.WaitAsync(ct);
        try
        {
            return await decoder.ProbeAsync(file, ct);
        }
        catch (AudioException e) when (e.Kind is ErrorKind.Input or ErrorKind.TooLarge)
        {
            throw new ApiProblem(
                415, ErrorCodes.NotAudio, "This is not audio that can be read. Check that it is a song and was sent to its end.");
        }
        finally
        {
            _probing.Release();
        }
    }
}
