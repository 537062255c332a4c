using System.Security.Cryptography;
using Libretto.Storage;
using Microsoft.Extensions.Logging;

namespace Libretto.Pipeline.Memo;

/// <summary>
/// Remembers what stages made, so that nothing is made twice: with other options, after a crash, in another process. A result lies in
/// the content store under a hash of all it depends on: the song's bytes, the stage, this build of Libretto, the model, the options.
/// </summary>
/// <param name="store">Opens the store; null where nothing is to be kept.</param>
/// <param name="temporary">Opens the folder for temporary files.</param>
/// <param name="log">Told when the store cannot be used.</param>
internal sealed partial class StageMemo(Func<IContentStore>? store, Func<TemporaryFolder> temporary, ILogger<StageMemo> log)
{
    /// <summary>How a step is done whose result was there already: what <see cref="SongProgress.Method"/> says.</summary>
    public const string Method = "cache";

    /// <summary>What tells a song's bytes from all others; nothing is read where nothing is kept.</summary>
    /// <param name="path">The song's file, read once to its end.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        if (store is null)
            return "";
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    /// <summary>The memo as one song sees it.</summary>
    /// <param name="hash">What <see cref="HashAsync"/> says of the song.</param>
    /// <param name="track">Which of its audio tracks, where it has several.</param>
    /// <param name="fresh">True to make everything anew; what is made is kept all the same.</param>
    /// <param name="notice">Told, once, that the store cannot be used.</param>
    public SongMemo Open(string hash, int? track, bool fresh, Action<string> notice) =>
        new(track is null ? hash : $"{hash}/{track}", fresh, store, temporary, e =>
        {
            LogTrouble(e.Message);
            notice($"What is made of this song cannot be kept for the next time: {e.Message}");
        });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Results of stages cannot be kept now: {Reason}")]
    private partial void LogTrouble(string reason);
}
