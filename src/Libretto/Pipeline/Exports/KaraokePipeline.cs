using Libretto.Karaoke;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline.Romanizing;
using Libretto.Pipeline.Stems;

namespace Libretto.Pipeline.Exports;

/// <summary>A song's way to karaoke that people can take anywhere: words, stems, notes, and then whatever is to be made of them.</summary>
public sealed class KaraokePipeline
{
    private readonly SongOpener _opener;
    private readonly SongPipeline _songs;
    private readonly StemSeparation _separation;
    private readonly NoteSearch _notes;
    private readonly Romanizer _romanizer;
    private readonly KaraokeRenderer _renderer;

    internal KaraokePipeline(
        SongOpener opener, SongPipeline songs, StemSeparation separation, NoteSearch notes, Romanizer romanizer,
        KaraokeRenderer renderer)
    {
        _opener = opener;
        _songs = songs;
        _separation = separation;
        _notes = notes;
        _romanizer = romanizer;
        _renderer = renderer;
    }

    /// <summary>Makes karaoke of one song.</summary>
    /// <param name="request">The song and what is wanted of it.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works.</param>
    /// <param name="cancellationToken">Checked at least every half second, by programs that were started too. Nothing remains.</param>
    /// <exception cref="LibrettoException">The song, a model, a font, the disk, or a program it needs; its message says what to
    /// do.</exception>
    public async Task<KaraokeResult> RunAsync(
        KaraokeRequest request, IProgress<SongProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Document is { IsTimed: false })
            throw KaraokeException.NoTimes();
        await _renderer.CheckAsync(request, cancellationToken);
        var plan = ProgressPlan.Karaoke(lyricsAreKnown: request.Document is not null);
        using var song = await _opener.OpenAsync(request.Song, plan, progress, cancellationToken);
        CheckFit(request.Document, song);
        if (NeedsSeparation(request) && await _separation.EnsureAsync(new SynchronousProgress<ModelProgress>(song.Meter.Fetching),
            cancellationToken) is { } obstacle)
        {
            song.Notice($"The whole song is used, vocals included, because {StemSeparation.DefaultModel}, which separates them, is not " +
                $"here and cannot be fetched now ({obstacle}).");
            request = request with { Audio = KaraokeAudio.Mix };
        }
        var result = request.Document is null ? await TranscribeAsync(request, plan, progress, cancellationToken) : null;
        foreach (var notice in result?.Notices ?? [])
            song.Remember(notice);
        using var stems = new KaraokeVoice(song, request, result?.Stems, _separation);
        song.Meter.Enter(WorkStep.Separate, "separating the vocals");
        await stems.PrepareAsync(cancellationToken);

        song.Meter.Enter(WorkStep.Notes, "finding syllables and notes");
        var document = Named(result?.Document ?? request.Document!, request.Song.Path, song);
        document = await _notes.FindAsync(song, document, stems, cancellationToken);
        if (request.Song.Romanize)
            document = await _romanizer.RunAsync(document, song.Notice, cancellationToken);

        var made = await _renderer.RenderAsync(song, document, stems, request, cancellationToken);
        return new KaraokeResult(document, made, song.Notices);
    }

    /// <summary>Words after the song's end are another's, or of another cut of it: many are refused, a few told.</summary>
    private static void CheckFit(LyricsDocument? document, Song song)
    {
        const double Slack = 0.5;
        if (document is null || song.Info.Duration is not { } duration)
            return;
        var words = document.Lines.SelectMany(line => line.Words).ToList();
        var late = words.Where(word => word.Start > duration + Slack).ToList();
        if (late.Count * 10 > words.Count)
            throw KaraokeException.OtherSong(words[^1].Start, duration);
        if (late.Count > 0)
            song.Notice($"{late.Count} of the {words.Count} words come after the song's end: the lyrics may be of " +
                "another cut of it.");
    }

    private static bool NeedsSeparation(KaraokeRequest request) => request.Audio != KaraokeAudio.Mix && request.Stems is null;

    private Task<SongResult> TranscribeAsync(
        KaraokeRequest request, ProgressPlan plan, IProgress<SongProgress>? progress, CancellationToken cancellationToken) =>
        _songs.RunAsync(
            request.Song with { KeepStems = request.Audio != KaraokeAudio.Mix && request.Stems is null },
            progress is null ? null : plan.Part(WorkStep.Lyrics, progress),
            cancellationToken);

    /// <summary>A title card needs a title: where nothing is known, the file's name.</summary>
    private static LyricsDocument Named(LyricsDocument document, string path, Song song) => document with
    {
        Title = document.Title ?? song.Info.Tag("title") ?? Path.GetFileNameWithoutExtension(path),
        Artist = document.Artist ?? song.Info.Tag("artist"),
    };
}
