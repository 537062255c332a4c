using Libretto.Karaoke;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline.Stems;

namespace Libretto.Pipeline.Exports;

/// <summary>A song's way to karaoke that people can take anywhere: words, stems, notes, and then whatever is to be made of them.</summary>
public sealed class KaraokePipeline
{
    private readonly SongOpener _opener;
    private readonly SongPipeline _songs;
    private readonly StemSeparation _separation;
    private readonly NoteSearch _notes;
    private readonly KaraokeRenderer _renderer;

    internal KaraokePipeline(
        SongOpener opener, SongPipeline songs, StemSeparation separation, NoteSearch notes, KaraokeRenderer renderer)
    {
        _opener = opener;
        _songs = songs;
        _separation = separation;
        _notes = notes;
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
        var plan = ProgressPlan.Karaoke(lyricsAreKnown: request.Document is not null);
        using var song = await _opener.OpenAsync(request.Song, plan, progress, cancellationToken);
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
        document = await _notes.FindAsync(song, document, stems, request.Outputs.Any(output => output.Kind == KaraokeKind.UltraStar),
            cancellationToken);

        var made = await _renderer.RenderAsync(song, document, stems, request, cancellationToken);
        return new KaraokeResult(document, made, song.Notices);
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
