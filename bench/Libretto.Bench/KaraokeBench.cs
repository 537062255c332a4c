using System.Diagnostics;
using Libretto.Karaoke;
using Libretto.Karaoke.Cdg;
using Libretto.Karaoke.Video;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models.Onnx;
using Libretto.Pitch;
using Libretto.Storage;
using Libretto.Tools;

namespace Libretto.Bench;

/// <summary>What karaoke of a song costs: its video, CD+G, and the notes of its voice. The song is the sample, six times in a row: four minutes.</summary>
internal static class KaraokeBench
{
    private const int Times = 6;

    /// <param name="pitchModel">The folder of swift-f0.</param>
    /// <param name="root">The checkout.</param>
    public static async Task<int> RunAsync(string pitchModel, string root)
    {
        var tools = new ToolRunner();
        var work = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            var temporary = new TemporaryFolder(Path.Combine(work, "work"));
            var sample = Path.Combine(root, "samples", "morning-light.ogg");
            var words = LyricsFormats.Json.Read(await File.ReadAllTextAsync(Path.Combine(root, "samples", "morning-light.truth.json")));
            var path = Path.Combine(work, "song.flac");
            await tools.RunAsync(Tool.Ffmpeg, ["-v", "error", "-stream_loop", $"{Times - 1}", "-i", sample, "-c:a", "flac", path]);
            var song = new KaraokeSong(Repeat(words), words.Duration * Times);

            await MeasureAsync("pitch of the voice", song.Duration, async () =>
            {
                using var sessions = new OnnxSessions(threads: 2);
                using var voice = await new AudioDecoder(tools).DecodeAsync(path, PitchTrack.SampleRate, 1);
                PitchNetwork.Load(pitchModel, sessions).Track(voice, null, default);
            });
            await MeasureAsync("melody of the whole song", song.Duration, async () =>
            {
                using var mix = await new AudioDecoder(tools).DecodeAsync(path, PitchTrack.SampleRate, 2);
                MelodyTracker.Track(mix, null, default);
            });
            await MeasureAsync("CD+G", song.Duration, () => new CdgPackage(tools, temporary).WriteAsync(
                song, new KaraokeSound(path), "song", Path.Combine(work, "song.zip"), null, default));
            foreach (var rows in (int[])[720, 1080])
                await MeasureAsync($"MP4, {rows} rows", song.Duration, () => new VideoRenderer(tools, temporary).RenderAsync(
                    song, new KaraokeSound(path), null, new VideoOptions { Height = rows }, Path.Combine(work, "song.mp4"), null, default));
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task MeasureAsync(string what, double duration, Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine($"{what}: {seconds:0.0} s, {duration / seconds:0.0} x real time");
    }

    private static LyricsDocument Repeat(LyricsDocument words) => words with
    {
        Duration = words.Duration * Times,
        Lines =
        [
            .. Enumerable.Range(0, Times).SelectMany(time => words.Lines.Select(line =>
                line.WithWords([.. line.Words.Select(word => word.MoveTo(word.Start + time * words.Duration, word.End + time * words.Duration))]))),
        ],
    };
}
