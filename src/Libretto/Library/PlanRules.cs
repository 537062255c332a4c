using Libretto.Acquire;
using Libretto.Library.Files;
using Libretto.Library.Tags;
using Libretto.Lyrics;
using Libretto.Output;

namespace Libretto.Library;

/// <summary>Decides what is to be done with a song; docs/library.md has the rules.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="files">Knows which files Libretto wrote.</param>
/// <param name="written">The same, one by one.</param>
internal sealed class PlanRules(LibraryRequest request, ResultFiles files, WrittenFiles written)
{
    /// <summary>Decides.</summary>
    /// <param name="file">The song.</param>
    /// <param name="scanned">What is in it.</param>
    /// <param name="sidecars">The lyrics beside it, in order of precedence.</param>
    /// <param name="copies">Other files of the recording.</param>
    /// <param name="state">What is remembered.</param>
    public PlannedSong Plan(
        WalkedFile file, ScannedFile scanned, IReadOnlyList<(WalkedFile File, ScannedFile Scanned)> sidecars,
        IReadOnlyList<(WalkedFile File, ScannedFile Scanned)> copies, LibraryState state)
    {
        var song = Of(file, scanned, state) with { Copies = [.. copies.Select(copy => copy.File.Path)] };
        if (scanned.Trouble is { } trouble)
            return song with { Action = LibraryAction.Unusable, Notices = [trouble] };
        var before = state.Record(file.Path);
        var record = before?.IsOf(file) == true ? before : null;
        // Another recording has taken the song's place: what was made of the first is of no use.
        var redo = request.Redo || (record is null && before is { Action: not null } &&
            !MayBeSame(before.Duration, scanned.Duration));
        var notices = sidecars.Where(sidecar => sidecar.Scanned.Trouble is not null)
            .Select(sidecar => $"{sidecar.File.Name} is not used: {sidecar.Scanned.Trouble}").ToList();
        var known = Known(sidecars, scanned, record, redo, notices);

        var targets = request.Formats.Select(format => Target(file.Path, format)).ToList();
        string[] outputs = [.. targets.Where(files.MayWrite)];
        var tagged = Tagged(song, scanned, copies, notices);
        song = song with { Outputs = outputs, Tagged = tagged };

        if (!redo && Settled(song, sidecars, known, record, targets) is { } settled)
            return settled with { Notices = [.. notices, .. settled.Notices] };
        notices.AddRange(targets.Except(outputs).Select(path =>
            $"{Path.GetFileName(path)} was not written by Libretto and stays as it is; --force replaces it."));
        if (outputs.Length == 0 && tagged.Count == 0)
            return song with { Action = LibraryAction.Blocked, Notices = notices };
        var best = Best(request.Lyrics == LyricsUse.Off ? [] : known);
        return song with { Action = Work(best, outputs), Lyrics = best, Notices = notices };
    }

    /// <summary>A song that nothing is done with.</summary>
    public static PlannedSong Refuse(WalkedFile file, ScannedFile scanned, LibraryState state, string why) =>
        Of(file, scanned, state) with
        {
            Action = scanned.Trouble is null ? LibraryAction.Blocked : LibraryAction.Unusable, Notices = [why],
        };

    /// <summary>The path of a result.</summary>
    public static string Target(string song, ILyricsFormat format) =>
        Path.Combine(Path.GetDirectoryName(song)!, Path.GetFileNameWithoutExtension(song) + format.Extension);

    private static PlannedSong Of(WalkedFile file, ScannedFile scanned, LibraryState state)
    {
        var name = SongName.Of(file.Path, scanned.Title, scanned.Artist);
        return new PlannedSong(file.Path, LibraryAction.Keep)
        {
            Title = name.Title,
            Artist = name.Artist,
            Album = scanned.Album,
            Duration = scanned.Duration,
            State = state,
            Kind = scanned.Kind ?? "",
            Length = file.Length,
            Modified = file.Modified,
        };
    }

    /// <summary>What lies with the song and may be believed, in order of precedence.</summary>
    private List<KnownLyrics> Known(
        IReadOnlyList<(WalkedFile File, ScannedFile Scanned)> sidecars, ScannedFile scanned, LibraryRecord? record, bool redo,
        List<string> notices)
    {
        var known = new List<KnownLyrics>();
        foreach (var (file, lyrics) in sidecars.Where(sidecar => sidecar.Scanned.Level != LyricsLevel.None))
        {
            if (record?.Foreign?.Contains(Mark(file)) == true)
                notices.Add($"{file.Name} was found to belong to another song and is not used.");
            // What Libretto made itself is no source for making it again.
            else if (!redo || !written.Holds(file.Path))
                known.Add(new KnownLyrics(lyrics.Level, file.Path));
        }
        if (scanned.Level != LyricsLevel.None && !(request.Redo && record?.Tags is not null))
            known.Add(new KnownLyrics(scanned.Level, KnownLyrics.Tags));
        return known;
    }

    /// <summary>Whether recordings of these lengths in seconds may be the same; of a length of 0 nothing is known.</summary>
    public static bool MayBeSame(double one, double other) =>
        one == 0 || other == 0 || Math.Abs(one - other) <= LyricsLookup.SameLength;

    /// <summary>What tells a sidecar that was found to be another song's from one that has taken its place.</summary>
    public static string Mark(WalkedFile file) => FormattableString.Invariant($"{file.Name}|{file.Length}|{file.Modified}");

    private List<string> Tagged(
        PlannedSong song, ScannedFile scanned, IReadOnlyList<(WalkedFile File, ScannedFile Scanned)> copies, List<string> notices)
    {
        var wanted = request.Tags switch
        {
            TagLyrics.Plain => LyricsLevel.Plain,
            TagLyrics.Synced => LyricsLevel.Lines,
            _ => LyricsLevel.None,
        };
        if (wanted == LyricsLevel.None)
            return [];
        var lacking = copies.Select(copy => (copy.File.Path, copy.Scanned)).Prepend((song.Path, scanned))
            .Where(file => request.Redo || file.Item2.Level < wanted || file.Item2.Level == LyricsLevel.Instrumental).ToList();
        foreach (var (path, _) in lacking.Where(file => !TagWriter.Writes(file.Item2.Kind!)))
            notices.Add($"{Path.GetFileName(path)} is of a kind that holds no lyrics in its tags.");
        return [.. lacking.Where(file => TagWriter.Writes(file.Item2.Kind!)).Select(file => file.Item1)];
    }

    /// <summary>A song that has what is wanted, or nearly; null for one whose lyrics are still to be made.</summary>
    private PlannedSong? Settled(
        PlannedSong song, IReadOnlyList<(WalkedFile File, ScannedFile Scanned)> sidecars, IReadOnlyList<KnownLyrics> known,
        LibraryRecord? record, List<string> targets)
    {
        if (record?.Error is { } error)
            return song with { Action = LibraryAction.Unusable, Notices = [$"It failed before, and --redo tries again: {error}"] };
        if (record?.Instrumental == true || (known.Any(lyrics => lyrics.Level == LyricsLevel.Instrumental) &&
            known.All(lyrics => lyrics.Level is LyricsLevel.Instrumental or LyricsLevel.Plain)))
            return song with { Action = LibraryAction.Instrumental };
        if (IsDone(record, targets) && (song.Tagged.Count == 0 || record!.Tags >= request.Tags))
            return song;
        var timed = known.FirstOrDefault(lyrics => lyrics.Level == LyricsLevel.Words && !IsDocument(lyrics))
            ?? known.FirstOrDefault(lyrics => lyrics.Level == LyricsLevel.Words);
        var own = targets.Count > 0 && targets.All(path => sidecars.Any(sidecar => sidecar.File.Path == path) && written.Holds(path));
        if (timed is null && !own)
            return null;
        // A document holds everything, but players do not read it.
        var missing = timed is not null && IsDocument(timed) ? targets.Where(path => !File.Exists(path)).ToList() : [];
        if (missing.Count > 0)
            return song with { Action = LibraryAction.Convert, Lyrics = timed, Outputs = missing };
        var source = timed ?? new KnownLyrics(LyricsLevel.Lines, targets[0]);
        return song.Tagged.Count > 0 ? song with { Action = LibraryAction.Tag, Lyrics = source, Outputs = [] }
            : song with { Lyrics = timed, Outputs = [] };
    }

    private static bool IsDocument(KnownLyrics lyrics) => lyrics.Place.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private bool IsDone(LibraryRecord? record, List<string> targets) =>
        record is { Action: not null, Formats: { } formats } && request.Formats.All(format => formats.Contains(format.Name)) &&
        (request.Tags == TagLyrics.None || record.Tags >= request.Tags) && targets.All(File.Exists);

    private static KnownLyrics? Best(IReadOnlyList<KnownLyrics> known) =>
        known.Where(lyrics => lyrics.Level != LyricsLevel.Instrumental).MaxBy(lyrics => lyrics.Level);

    private LibraryAction Work(KnownLyrics? best, string[] outputs) => best?.Level switch
    {
        LyricsLevel.Lines or LyricsLevel.Words when outputs.Length == 0 => LibraryAction.Tag,
        LyricsLevel.Lines or LyricsLevel.Words => LibraryAction.TimeWords,
        LyricsLevel.Plain => LibraryAction.Align,
        _ => request.Lyrics == LyricsUse.LookUp ? LibraryAction.LookUp : LibraryAction.Transcribe,
    };
}
