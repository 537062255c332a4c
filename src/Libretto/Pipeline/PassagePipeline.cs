using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Storage;

namespace Libretto.Pipeline;

/// <summary>
/// One passage of a song, cut out and worked on as if it were a song of its own: nothing beyond its bounds can take its words. With
/// <see cref="SongRequest.Lyrics"/> those words are timed within it.
/// </summary>
public sealed class PassagePipeline
{
    /// <summary>The shortest passage, seconds.</summary>
    public const double Shortest = 0.5;

    // What a separation model takes; engines take less.
    private const int SampleRate = 44_100;
    private const int Channels = 2;

    private readonly AudioDecoder _decoder;
    private readonly AudioEncoder _encoder;
    private readonly SongPipeline _songs;
    private readonly TemporaryFolder _folder;

    internal PassagePipeline(AudioDecoder decoder, AudioEncoder encoder, SongPipeline songs, TemporaryFolder folder) =>
        (_decoder, _encoder, _songs, _folder) = (decoder, encoder, songs, folder);

    /// <summary>Works on a passage.</summary>
    /// <param name="request">The song, and what is wanted of its passage.</param>
    /// <param name="passage">The bounds, seconds from the song's start; at least <see cref="Shortest"/> apart.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works.</param>
    /// <param name="cancellationToken">Checked at least every half second, by programs that were started too. Nothing remains.</param>
    /// <returns>The passage's lines, with times from the song's start; no stems.</returns>
    /// <exception cref="LibrettoException">The file, a model, or a program it needs; its message says what to do.</exception>
    public async Task<SongResult> RunAsync(
        SongRequest request, TimeRange passage, IProgress<SongProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(passage.Start);
        ArgumentOutOfRangeException.ThrowIfLessThan(passage.Length, Shortest);
        var cut = _folder.NewFile();
        try
        {
            var info = await _decoder.ProbeAsync(request.Path, request.Track, cancellationToken);
            using (var sound = await _decoder.DecodeAsync(info, SampleRate, Channels, passage, null, cancellationToken))
                await _encoder.EncodeAsync(sound, cut, AudioFormat.Flac16, null, cancellationToken);
            var cutRequest = request with
            {
                Path = cut,
                Track = null,
                KeepStems = false,
                Title = request.Title ?? info.Tag("title"),
                Artist = request.Artist ?? info.Tag("artist"),
            };
            var result = await _songs.RunAsync(cutRequest, progress, cancellationToken);
            return new SongResult(Moved(result.Document, passage.Start, info.Duration ?? passage.End), result.Notices);
        }
        finally
        {
            File.Delete(cut);
        }
    }

    /// <summary>The same words in the whole song.</summary>
    private static LyricsDocument Moved(LyricsDocument cut, double by, double duration)
    {
        double At(double time) => Math.Round(Math.Min(time + by, duration), 3);
        return cut with
        {
            Duration = duration,
            Lines = [.. cut.Lines.Select(line => line with
            {
                Start = At(line.Start),
                End = At(line.End),
                Words = [.. line.Words.Select(word => word.MoveTo(At(word.Start), At(word.End)))],
            })],
            Checks = cut.Checks is null ? null
                : [.. cut.Checks.Select(check => check with { Start = At(check.Start), End = At(check.End) })],
        };
    }
}
