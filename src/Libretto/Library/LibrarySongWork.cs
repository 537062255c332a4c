using System.Collections.Concurrent;
using Libretto.Acquire;
using Libretto.Library.Files;
using Libretto.Library.Tags;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using Libretto.Output;
using Libretto.Pipeline;

namespace Libretto.Library;

/// <summary>Does what is planned for one song: finds its words, has them timed, writes the results.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="maker">Makes the lyrics.</param>
/// <param name="lookup">Where words are looked up; null where no title may leave the machine.</param>
/// <param name="files">Writes the results.</param>
internal sealed class LibrarySongWork(LibraryRequest request, ILyricsMaker maker, LyricsLookup? lookup, ResultFiles files)
{
    private readonly ConcurrentDictionary<PlannedSong, string> _foreign = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The lyrics beside a song that were found to be another's, as <see cref="PlanRules.Mark"/> says; null when none were.
    /// </summary>
    public IReadOnlyList<string>? ForeignTo(PlannedSong song)
    {
        var before = song.State.Record(song.Path)?.Foreign;
        return _foreign.TryGetValue(song, out var mark) ? [mark, .. before ?? []] : before;
    }

    /// <summary>Works on a song.</summary>
    /// <param name="song">The plan for it.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops the work; what is not whole is not written.</param>
    /// <exception cref="LibrettoException">Why it failed.</exception>
    public async Task<LibraryOutcome> RunAsync(PlannedSong song, IProgress<SongProgress>? progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (song.Action is LibraryAction.Convert or LibraryAction.Tag)
            return Write(song, Named(song, LyricsOf(song).Document), song.Notices);
        if (song.Outputs.Count > 0)
            files.Check(song.Path, song.Outputs);
        var (lyrics, notices, isInstrumental) = await WordsAsync(song, cancellationToken);
        if (isInstrumental)
            return Write(song, new LyricsDocument { Duration = song.Duration, Lines = [] }, notices);

        var result = await maker.MakeAsync(
            request.Song with
            {
                Path = song.Path, Title = song.Title, Artist = song.Artist, Lyrics = lyrics?.Document, LyricsNotices = lyrics?.Notices,
                CheckLyrics = true,
            },
            progress, cancellationToken);
        if (HasChanged(song))
            throw new LibrettoException(
                ErrorKind.Input, "file_changed", $"{song.Path} was changed while it was read. Run again when nobody writes to it.",
                isTransient: true);
        if (result.LyricsRefused && song.Lyrics is { } refused && refused.Place != KnownLyrics.Tags &&
            WalkedFile.At(refused.Place) is { } foreign)
            _foreign[song] = PlanRules.Mark(foreign);
        return Write(song, result.Document, [.. notices, .. result.Notices]);
    }

    /// <summary>The song's words: those that lie with it, or those that a library of lyrics has.</summary>
    private async Task<(LyricsReading? Lyrics, IReadOnlyList<string> Notices, bool IsInstrumental)> WordsAsync(
        PlannedSong song, CancellationToken cancellationToken)
    {
        if (song.Lyrics is not null)
            return (LyricsReader.WithWords(LyricsOf(song)), song.Notices, false);
        if (song.Action != LibraryAction.LookUp)
            return (null, song.Notices, false);
        if (lookup is null)
            return (null, [.. song.Notices, "Lyrics are not looked up: '--local' lets no title leave this machine."], false);
        if (song.Artist is not { } artist || song.Duration == 0)
            return (null, [.. song.Notices, "Lyrics are not looked up: neither tags nor name say who performs the song."], false);
        try
        {
            var found = await lookup.FindAsync(new WantedLyrics(song.Title, artist, song.Album, song.Duration), cancellationToken);
            var nothing = $"No lyrics of '{song.Title}' by {artist} were found, of a recording as long as this one.";
            return found switch
            {
                null => (null, [.. song.Notices, nothing], false),
                { IsInstrumental: true } => (null, [.. song.Notices, "The library of lyrics knows it as an instrumental."], true),
                _ => (new LyricsReading(found.Lyrics, found.IsSynced ? LyricsFormats.Lrc : LyricsFormats.PlainText, []),
                    [.. song.Notices, $"The lyrics of '{found.Title}' by {found.Artist} were found."], false),
            };
        }
        catch (AcquireException e)
        {
            return (null, [.. song.Notices, e.Message], false);
        }
    }

    /// <summary>The lyrics that the plan names.</summary>
    /// <exception cref="LibrettoException">They cannot be read any more.</exception>
    private static LyricsReading LyricsOf(PlannedSong song)
    {
        var place = song.Lyrics!.Place;
        try
        {
            if (place != KnownLyrics.Tags)
                return LyricsReader.Read(File.ReadAllBytes(place), place);
            return TagReader.Read(song.Path, song.Kind).Lyrics.Select(text => LyricsReader.Read(text))
                .MaxBy(reading => LyricsSurvey.Of(reading.Document))!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LibrettoException(
                ErrorKind.Input, "file_unreadable", $"{place} cannot be read: {e.Message} Change its permissions.", isTransient: true, e);
        }
    }

    private static LyricsDocument Named(PlannedSong song, LyricsDocument document) => document with
    {
        Title = document.Title ?? song.Title,
        Artist = document.Artist ?? song.Artist,
        Duration = Math.Max(document.Duration, song.Duration),
    };

    private static bool HasChanged(PlannedSong song) =>
        WalkedFile.At(song.Path) is not { } file || file.Length != song.Length || file.Modified != song.Modified;

    private LibraryOutcome Write(PlannedSong song, LyricsDocument document, IReadOnlyList<string> notices)
    {
        var isInstrumental = document.Lines.Count == 0;
        var texts = song.Outputs.Select(path => (Path: path, Format: FormatOf(path)))
            // What says that nothing is sung is a line that programs for lyrics know; other formats have no place for it.
            .Where(file => !isInstrumental || file.Format == LyricsFormats.Lrc)
            .Select(file => (file.Path, isInstrumental ? LyricsSurvey.InstrumentalMark + "\n" : file.Format.Write(document))).ToList();
        if (texts.Count > 0)
            files.Write(texts, placing => Placing(song, placing));
        if (isInstrumental)
            // What was made of a recording that was there before would be shown with this one.
            foreach (var path in song.Outputs.Where(path => FormatOf(path) != LyricsFormats.Lrc))
                files.Remove(path);
        var tagged = isInstrumental ? [] : song.Tagged;
        foreach (var path in tagged)
        {
            TagWriter.Write(path, KindOf(song, path), document, request.Tags, (temporary, target) => Placing(song, [(temporary, target)]));
            song.State.Forget(path);
        }
        var words = document.Lines.SelectMany(line => line.Words).ToList();
        var sure = words.Where(word => word.Confidence is not null).Select(word => word.Confidence!.Value).ToList();
        return new LibraryOutcome(song, isInstrumental ? LibraryResult.NoWords : LibraryResult.Written)
        {
            Files = [.. texts.Select(file => file.Path), .. tagged],
            Lines = document.Lines.Count,
            Words = words.Count,
            Confidence = sure.Count > 0 ? Math.Round(sure.Average(), 3) : null,
            Matched = document.Method?.Lyrics?.Matched,
            Unsure = document.Method?.Unsure == true || document.Method?.Lyrics?.Unsure == true,
            Checks = document.Checks ?? [],
            Notices = notices,
        };
    }

    private static void Placing(PlannedSong song, IReadOnlyList<(string Temporary, string Path)> placing) => song.State.Add(
        new LibraryRecord(song.Path, song.Length, song.Modified)
        {
            Placing = [.. placing.Select(pair => (string[])[pair.Temporary, pair.Path])],
        });

    private ILyricsFormat FormatOf(string path) =>
        request.Formats.First(format => path.EndsWith(format.Extension, StringComparison.Ordinal));

    private static string KindOf(PlannedSong song, string path)
    {
        if (path == song.Path)
            return song.Kind;
        using var file = File.OpenRead(path);
        return AudioSignature.Find(file, claimsMp3: true) ?? "";
    }
}
