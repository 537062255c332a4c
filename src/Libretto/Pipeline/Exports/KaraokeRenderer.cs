using Libretto.Audio;
using Libretto.Karaoke;
using Libretto.Karaoke.Cdg;
using Libretto.Karaoke.Html;
using Libretto.Karaoke.UltraStar;
using Libretto.Karaoke.Video;
using Libretto.Lyrics;
using Libretto.Storage;
using Libretto.Tools;

namespace Libretto.Pipeline.Exports;

/// <summary>Makes what is wanted of a song whose words, stems and notes are known.</summary>
internal sealed class KaraokeRenderer(ToolRunner tools, AudioDecoder decoder, Func<TemporaryFolder> temporary)
{
    /// <summary>Makes all outputs, one after another.</summary>
    /// <returns>Those made.</returns>
    public async Task<IReadOnlyList<KaraokeOutput>> RenderAsync(
        Song song, LyricsDocument document, KaraokeVoice voice, KaraokeRequest request, CancellationToken cancellationToken)
    {
        var made = new List<KaraokeOutput>();
        var show = new KaraokeSong(document, Math.Max(document.Duration, song.Info.Duration ?? 0));
        for (var i = 0; i < request.Outputs.Count; i++)
        {
            var output = request.Outputs[i];
            var (at, count) = (i, request.Outputs.Count);
            var progress = new SynchronousProgress<double>(share => song.Meter.Report((at + share) / count));
            song.Meter.Enter(WorkStep.Render, TextOf(output.Kind));
            if (output.Kind == KaraokeKind.UltraStar && show.Lines.Count == 0)
            {
                if (request.Outputs.Count == 1)
                    throw KaraokeException.NoWords("chart");
                song.Notice("There is no UltraStar chart, because nobody was heard to sing.");
                continue;
            }
            await RenderAsync(song, show, voice, request, output, progress, cancellationToken);
            progress.Report(1);
            made.Add(output);
        }
        return made;
    }

    private Task RenderAsync(
        Song song, KaraokeSong show, KaraokeVoice voice, KaraokeRequest request, KaraokeOutput output, IProgress<double> progress,
        CancellationToken cancellationToken)
    {
        var folder = temporary();
        var name = request.Name ?? FileNames.OfSong(show.Artist, show.Title);
        return output.Kind switch
        {
            KaraokeKind.Html => new KaraokeFile(tools, decoder, folder).WriteAsync(
                show, song.Info, voice.Files?.Vocals, voice.Files?.Instrumental, VoiceOf(request.Audio), output.Path, progress,
                cancellationToken),
            KaraokeKind.Mp4 => new VideoRenderer(tools, folder).RenderAsync(
                show, SoundOf(song, voice, request.Audio), song.Info.HasCoverArt ? song.Info.Path : null, request.Video, output.Path,
                progress, cancellationToken),
            KaraokeKind.Cdg => new CdgPackage(tools, folder).WriteAsync(show, SoundOf(song, voice, request.Audio), name, output.Path,
                progress, cancellationToken),
            KaraokeKind.UltraStar => new UltraStarFolder(tools).WriteAsync(show, song.Info, voice.Files?.Vocals, voice.Files?.Instrumental,
                FileNames.OfSong(show.Artist, show.Title), output.Path, cancellationToken),
            _ => throw new NotSupportedException(output.Kind.ToString()),
        };
    }

    private static KaraokeSound SoundOf(Song song, KaraokeVoice voice, KaraokeAudio audio) => (audio, voice.Files) switch
    {
        (KaraokeAudio.Instrumental, { } stems) => new KaraokeSound(stems.Instrumental),
        (KaraokeAudio.Guide, { } stems) => new KaraokeSound(stems.Instrumental, stems.Vocals),
        _ => KaraokeSound.Of(song.Info),
    };

    private static PageVoice VoiceOf(KaraokeAudio audio) => audio switch
    {
        KaraokeAudio.Instrumental => PageVoice.Silent,
        KaraokeAudio.Guide => PageVoice.Guide,
        _ => PageVoice.Full,
    };

    private static string TextOf(KaraokeKind kind) => kind switch
    {
        KaraokeKind.Html => "putting the HTML file together",
        KaraokeKind.Mp4 => "rendering the video",
        KaraokeKind.Cdg => "drawing CD+G",
        _ => "writing the UltraStar folder",
    };
}
