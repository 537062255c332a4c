using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Library.Files;
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
    /// <exception cref="LibraryException">A folder is missing or may not be read, or another run works on it.</exception>
    /// <exception cref="OutputException">What is remembered cannot be written.</exception>
    public LibrarySession Open(LibraryRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var states = new List<LibraryState>();
        try
        {
            foreach (var root in request.Folders.Select(Root).Distinct(StringComparer.Ordinal))
                if (!states.Any(state => root.StartsWith(state.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
                    states.Add(LibraryState.Open(Path.Combine(StateFolder.OfUser(), "library"), root, request.DryRun));
        }
        catch
        {
            states.ForEach(state => state.Dispose());
            throw;
        }
        return new LibrarySession(request, states, _pipeline, _decoder, _settings.Local ? null : _lookup, _time);
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
    private readonly LibraryRequest _request;
    private readonly IReadOnlyList<LibraryState> _states;
    private readonly AudioDecoder _decoder;
    private readonly LibraryRun _run;
    private readonly WrittenFiles _written = WrittenFiles.OfUser();
    private readonly ResultFiles _files;

    internal LibrarySession(LibraryRequest request, IReadOnlyList<LibraryState> states, SongPipeline pipeline, AudioDecoder decoder,
        LyricsLookup? lookup, TimeProvider time)
    {
        (_request, _states, _decoder) = (request, states, decoder);
        _files = new ResultFiles(_written, request.Force);
        _run = new LibraryRun(request, new LibrarySongWork(request, pipeline, lookup, _files), time);
    }

    /// <summary>Ends what a killed run had begun, looks at the files and decides.</summary>
    /// <param name="progress">Told how many files have been looked at.</param>
    /// <param name="cancellationToken">Checked at every file.</param>
    public Task<LibraryPlan> PlanAsync(IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!_request.DryRun)
            foreach (var state in _states)
                foreach (var record in state.Unfinished)
                {
                    state.Forget(record.Path);
                    _files.Finish(record.Placing!.Where(pair => pair[1] != record.Path).Select(pair => (pair[0], pair[1])));
                }
        var rules = new PlanRules(_request, _files, _written);
        return new LibraryPlanner(_request, new LibraryScan(_decoder), rules).RunAsync(_states, progress, cancellationToken);
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

    /// <summary>Lets others work on the folders.</summary>
    public void Dispose()
    {
        foreach (var state in _states)
            state.Dispose();
    }
}
