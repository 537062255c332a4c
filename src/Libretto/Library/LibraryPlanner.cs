using Libretto.Library.Files;
using Libretto.Library.Watch;
using Libretto.Output;

namespace Libretto.Library;

/// <summary>Goes through a collection and decides what is to be done with each of its songs.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="scan">Looks into files.</param>
/// <param name="rules">Decides.</param>
/// <param name="resting">Knows which files are at rest; null takes all.</param>
internal sealed class LibraryPlanner(LibraryRequest request, LibraryScan scan, PlanRules rules, RestingFiles? resting)
{
    // Of several files of a song the most exact is listened to.
    private static readonly string[] s_best =
        ["flac", "wav", "aiff", "wv", "ape", "tta", "dsf", "caf", "m4a", "opus", "ogg", "mpc", "mp3", "aac", "wma", "mka", "other"];

    private readonly List<string> _troubles = [];
    private int _files, _films;

    /// <summary>Makes the plan.</summary>
    /// <param name="states">What is remembered of each folder.</param>
    /// <param name="progress">Told how many files have been looked at.</param>
    /// <param name="cancellationToken">Checked at every file.</param>
    public async Task<LibraryPlan> RunAsync(
        IReadOnlyList<LibraryState> states, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var songs = new List<PlannedSong>();
        var walk = new LibraryWalk((folder, why) => Trouble($"{folder} may not be read, so its songs are left out: {why}"));
        foreach (var state in states)
        {
            foreach (var folder in LibraryFolders.Of(state.Root, walk, Trouble, cancellationToken))
                songs.AddRange(await PlanAsync(folder, state, progress, cancellationToken));
            state.SaveScan();
        }
        if (_films > 0)
            Trouble($"{_films} films are left out: what they say is not sung.");
        return new LibraryPlan([.. songs.OrderBy(song => song.Path, StringComparer.Ordinal)], _troubles)
        {
            Files = _files,
            Estimate = LibraryEstimate.Of(songs, states.SelectMany(state => state.Records)),
        };
    }

    private void Trouble(string sentence)
    {
        if (!_troubles.Contains(sentence))
            _troubles.Add(sentence);
    }

    private async Task<IReadOnlyList<PlannedSong>> PlanAsync(
        WalkedFolder folder, LibraryState state, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        Sweep(folder.Path);
        if (resting is not null)
            folder = folder with { Files = resting.Of(folder.Files) };
        // Lyrics without a letter are none.
        folder = folder with { Files = [.. folder.Files.Where(file => file.Length > 0 || !Sidecars.IsSidecar(file.Name))] };
        var sidecars = Sidecars.Of(folder.Files);
        var found = new ScannedFile?[folder.Files.Count];
        var atOnce = Math.Clamp(Environment.ProcessorCount, 1, 4);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, found.Length),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var file = folder.Files[i];
                // A song may be called NAME.txt; as a rule, none is.
                if (!Sidecars.IsSidecar(file.Name))
                    found[i] = await LookAsync(file, state, () => scan.SongAsync(file, token));
                progress?.Report(Interlocked.Increment(ref _files));
            });
        var songs = folder.Files.Zip(found, (File, Scanned) => (File, Scanned!)).Where(song => song.Item2?.Kind is not null).ToList();
        _films += songs.Count(song => song.Item2.HasVideo == true);
        var planned = new List<PlannedSong>();
        foreach (var group in songs.Where(song => song.Item2.HasVideo != true)
            .GroupBy(song => Sidecars.Key(Path.GetFileNameWithoutExtension(song.File.Name))))
        {
            var files = group.OrderBy(song => song.Item2.Trouble is null ? 0 : 1).ThenBy(song => Rank(song.Item2.Kind!)).ToList();
            var (best, scanned) = files[0];
            var lyrics = files.SelectMany(song => sidecars[Sidecars.Key(song.File.Name)]).Concat(sidecars[group.Key]).Distinct()
                .Select(sidecar => (sidecar, Look(sidecar, state))).ToList();
            var copies = files.Skip(1).Where(song => song.Item2.Trouble is null && IsSame(song.Item2, scanned)).ToList();
            planned.Add(rules.Plan(best, scanned, lyrics, copies, state));
            var isOther = $"It has the name of {best.Name} but another length, so lyrics beside them would be taken for both. Rename one.";
            planned.AddRange(files.Skip(1).Except(copies).Select(song =>
                PlanRules.Refuse(song.File, song.Item2, state, song.Item2.Trouble ?? isOther)));
        }
        return planned;
    }

    private static int Rank(string kind) => Array.IndexOf(s_best, kind) is >= 0 and var rank ? rank : s_best.Length;

    private static bool IsSame(ScannedFile one, ScannedFile other) =>
        PlanRules.MayBeSame(one.Duration, other.Duration);

    private static ScannedFile Look(WalkedFile file, LibraryState state)
    {
        if (state.Find(file) is { } known)
            return known;
        var found = LibraryScan.Lyrics(file);
        state.Keep(file.Path, found);
        return found;
    }

    private static async Task<ScannedFile> LookAsync(WalkedFile file, LibraryState state, Func<Task<ScannedFile>> look)
    {
        if (state.Find(file) is { } known)
            return known;
        var found = await look();
        state.Keep(file.Path, found);
        return found;
    }

    /// <summary>Removes what a killed process left half-written.</summary>
    private void Sweep(string folder)
    {
        if (request.DryRun)
            return;
        try
        {
            ResultFiles.Sweep(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They are hidden, and take nothing but room.
        }
    }
}
