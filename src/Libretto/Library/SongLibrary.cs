using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Library.Files;
using Libretto.Library.Watch;
using Libretto.Output;
using Libretto.Pipeline;
using Libretto.Settings;

namespace Libretto.Library;

/// <summary>Collections of songs: planned, worked on, and remembered.</summary>
public sealed class SongLibrary
{
    private readonly SongPipeline _pipeline;
    private readonly AudioDecoder _decoder;
    private readonly LyricsLookup _lookup;
    private readonly LibrettoSettings _settings;
    private readonly TimeProvider _time;

    internal SongLibrary(SongPipeline pipeline, AudioDecoder decoder, LyricsLookup lookup, LibrettoSettings settings, TimeProvider time) =>
        (_pipeline, _decoder, _lookup, _settings, _time) = (pipeline, decoder, lookup, settings, time);

    /// <summary>Begins to work on a collection; until the session is ended, no other may work on any of its folders.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="maker">Makes the lyrics; null makes them in this process.</param>
    /// <exception cref="LibraryException">A folder is missing or may not be read, or another run works on it.</exception>
    /// <exception cref="OutputException">What is remembered cannot be written.</exception>
    public LibrarySession Open(LibraryRequest request, ILyricsMaker? maker = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        var states = new List<LibraryState>();
        var memory = request.StateFolder ?? StateFolder.OfUser();
        try
        {
            foreach (var root in request.Folders.Select(Root).Distinct(StringComparer.Ordinal))
                if (!states.Any(state => root.StartsWith(state.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
                    states.Add(LibraryState.Open(Path.Combine(memory, "library"), root, request.DryRun));
        }
        catch
        {
            states.ForEach(state => state.Dispose());
            throw;
        }
        return new LibrarySession(
            request, states, new WrittenFiles(Path.Combine(memory, "written")), maker ?? new PipelineLyricsMaker(_pipeline), _decoder,
            _settings.Local ? null : _lookup, _time);
    }

    private static string Root(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(path))
            return PlaylistFiles.IsPlaylist(path) ? path : throw LibraryException.NoFolder(folder);
        if (!Directory.Exists(path))
            throw LibraryException.Missing(folder);
        try
        {
            _ = Directory.EnumerateFileSystemEntries(path).FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LibraryException.Unreadable(folder, e.Message);
        }
        return path;
    }
}

/// <summary>Work on one collection.</summary>
public sealed class LibrarySession : IDisposable
{
    private static readonly TimeSpan s_tryAgain = TimeSpan.FromMinutes(5);

    private readonly LibraryRequest _request;
    private readonly IReadOnlyList<LibraryState> _states;
    private readonly AudioDecoder _decoder;
    private readonly LibraryRun _run;
    private readonly WrittenFiles _written;
    private readonly ResultFiles _files;
    private readonly RestingFiles? _resting;
    private readonly TimeProvider _time;
    private LibraryWatch? _watch;
    private bool _hasFinished;

    internal LibrarySession(LibraryRequest request, IReadOnlyList<LibraryState> states, WrittenFiles written, ILyricsMaker maker,
        AudioDecoder decoder, LyricsLookup? lookup, TimeProvider time)
    {
        (_request, _states, _written, _decoder, _time) = (request, states, written, decoder, time);
        _resting = request.AtRest > TimeSpan.Zero ? new RestingFiles(request.AtRest, time) : null;
        _files = new ResultFiles(_written, request.Force);
        _run = new LibraryRun(request, new LibrarySongWork(request, maker, lookup, _files), time);
    }

    /// <summary>Ends what a killed run had begun, looks at the files and decides.</summary>
    /// <param name="progress">Told how many files have been looked at.</param>
    /// <param name="cancellationToken">Checked at every file.</param>
    public Task<LibraryPlan> PlanAsync(IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!_request.DryRun && !_hasFinished)
            foreach (var state in _states)
                foreach (var record in state.Unfinished)
                {
                    state.Forget(record.Path);
                    _files.Finish(record.Placing!.Where(pair => pair[1] != record.Path).Select(pair => (pair[0], pair[1])));
                }
        _hasFinished = true;
        var rules = new PlanRules(_request, _files, _written);
        return new LibraryPlanner(_request, new LibraryScan(_decoder), rules, _resting).RunAsync(_states, progress, cancellationToken);
    }

    /// <summary>Does what was planned. One song that fails does not keep the others from being done.</summary>
    /// <param name="plan">The plan of this session.</param>
    /// <param name="progress">Told of each song that has ended, one at a time.</param>
    /// <param name="song">Told how far each song is; from several threads where songs are worked on at the same time.</param>
    /// <param name="cancellationToken">Stops the work; what is done stays done.</param>
    public Task<LibraryReport> RunAsync(
        LibraryPlan plan, IProgress<LibraryProgress>? progress = null, IProgress<SongProgress>? song = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return _run.RunAsync(plan, progress, song, cancellationToken);
    }

    /// <summary>
    /// Waits until files have come or changed, and have stayed the same for <see cref="LibraryRequest.AtRest"/>: by the system's
    /// notifications, and by looking again from time to time, since folders on the network give none. The first wait ends when what is
    /// there is at rest.
    /// </summary>
    /// <param name="triesAgain">Whether the wait ends after five minutes in any case, because something failed for a reason that may have
    /// passed by then.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    public async Task WaitAsync(bool triesAgain = false, CancellationToken cancellationToken = default)
    {
        if (_resting is null)
            throw new InvalidOperationException($"{nameof(LibraryRequest.AtRest)} says how long files are waited for.");
        _watch ??= new LibraryWatch([.. _states.Select(state => state.Root)], _resting, _time);
        await _watch.WaitAsync(triesAgain ? s_tryAgain : null, cancellationToken);
    }

    /// <summary>Lets others work on the folders.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        foreach (var state in _states)
            state.Dispose();
    }
}
