using Libretto.Tools;

namespace Libretto.Acquire.YtDlp;

/// <summary>
/// A link to a page that plays a song, fetched by yt-dlp: one run that first says what it found and then, unless it is stopped,
/// fetches the sound. All its connections go through a <see cref="GuardedProxy"/>.
/// </summary>
public sealed class YtDlpSource : ISongSource
{
    // Pages and players come on top of the song.
    private const long Overhead = 100_000_000;

    private readonly ToolRunner _tools;
    private readonly NetworkGuard _guard;
    private readonly Uri? _proxy;

    /// <summary>Creates the source.</summary>
    /// <param name="tools">Runs yt-dlp.</param>
    /// <param name="guard">Says where connections may lead.</param>
    /// <param name="proxy">The user's own HTTP proxy; none when null.</param>
    public YtDlpSource(ToolRunner tools, NetworkGuard guard, Uri? proxy = null)
    {
        (_tools, _guard, _proxy) = (tools, guard, proxy);
    }

    /// <inheritdoc/>
    public async Task<FetchedSong> FetchAsync(SongFetch request, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _guard.Check(request.Link);
        await using var proxy = new GuardedProxy(_guard, _proxy, request.Limits.Bytes + Overhead);
        var output = new YtDlpOutput(request, progress);
        var song = Path.Combine(request.Folder, YtDlpArguments.FileName);
        try
        {
            await RunAsync(
                request, proxy, cookies => YtDlpArguments.Of(request, proxy.Address, cookies), output.ReadAsync, cancellationToken);
        }
        catch (NotWantedException)
        {
            File.Delete(song);
            return new FetchedSong(output.Facts!, null);
        }
        // It ends well, without a file, when what it found is larger than allowed.
        return output.Facts is { } facts && File.Exists(song)
            ? new FetchedSong(facts, song)
            : throw AcquireException.TooBig(request.Limits.Bytes);
    }

    /// <summary>The songs of a list; null where the link leads to none.</summary>
    /// <param name="request">The link, and a folder for cookies.</param>
    /// <param name="most">How many songs at most.</param>
    /// <param name="cancellationToken">Ends the program at once.</param>
    /// <exception cref="AcquireException">The link, the site or the network stands against it.</exception>
    /// <exception cref="ToolException">yt-dlp is missing or was killed.</exception>
    internal async Task<SongPlaylist?> ListAsync(SongFetch request, int most, CancellationToken cancellationToken)
    {
        await using var proxy = new GuardedProxy(_guard, _proxy, Overhead);
        var list = new YtDlpList();
        await RunAsync(
            request, proxy, cookies => YtDlpList.Arguments(request.Link, most, proxy.Address, cookies), list.ReadAsync, cancellationToken);
        return list.Found;
    }

    /// <summary>Runs yt-dlp behind a proxy, with a copy of the cookies that does not outlive it.</summary>
    private async Task RunAsync(
        SongFetch request, GuardedProxy proxy, Func<string?, IReadOnlyList<string>> arguments, Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellationToken)
    {
        var cookies = await WriteCookiesAsync(request, cancellationToken);
        try
        {
            await _tools.RunAsync(
                Tool.YtDlp,
                arguments(cookies),
                readOutput: read,
                timeLimit: request.Limits.Time,
                environment: YtDlpArguments.Environment(proxy.Address),
                cancellationToken: cancellationToken);
        }
        catch (ToolException e) when (e.Code is ErrorCodes.ToolFailed or ErrorCodes.ToolTimeout or ErrorCodes.ToolMemory)
        {
            throw Explain(e, request, proxy);
        }
        finally
        {
            if (cookies is not null)
                File.Delete(cookies);
        }
    }

    private static AcquireException Explain(ToolException e, SongFetch request, GuardedProxy proxy) =>
        proxy.Refusal is { } refusal ? refusal
        : proxy.IsExhausted ? AcquireException.TooBig(request.Limits.Bytes)
        : e.Code == ErrorCodes.ToolMemory ? AcquireException.PageTooBig(request.Link.Address.Authority)
        : e.Code == ErrorCodes.ToolTimeout ? AcquireException.TooSlow(request.Limits.Time, e)
        : YtDlpErrors.Explain(e.ErrorLines, request.Link, proxy.Unreachable);

    /// <summary>yt-dlp writes the cookies it was given anew: it gets a copy, which only this user may read.</summary>
    private static async Task<string?> WriteCookiesAsync(SongFetch request, CancellationToken cancellationToken)
    {
        if (request.Cookies is null)
            return null;
        var path = Path.Combine(request.Folder, "cookies.txt");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(request.Cookies.Reveal().AsMemory(), cancellationToken);
        return path;
    }
}
