using System.Diagnostics;
using System.Globalization;
using Libretto.Audio;
using Libretto.Models.Onnx;
using Libretto.Speech;
using Libretto.Tools;
using Libretto.Transcribe;
using Libretto.Transcribe.Whisper;

namespace Libretto.Bench;

/// <summary>
/// Where Whisper's time goes: each part's own, spans within it not counted, and what of it was spent on hearing parts again.
/// </summary>
internal static class ProfileBench
{
    private sealed record Part(string Name, int Times, double Seconds, double Again);

    public static async Task<int> RunAsync(string[] songs)
    {
        using var sessions = new OnnxSessions();
        var engine = new WhisperTranscriber(Path.Combine(Paths.Shared, "models", "whisper-base"), sessions);
        await engine.PrepareAsync(CancellationToken.None);
        foreach (var song in songs)
        {
            var (name, language) = (song.Split('=')[0], song.Split('=')[1]);
            using var audio = await new AudioDecoder(new ToolRunner()).DecodeAsync(
                Path.Combine(Paths.Shared, "audio", "songs", name + ".mp3"), LogMel.SampleRate, channels: 1);
            using var spans = new Spans();
            var processor = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            await foreach (var _ in engine.TranscribeAsync(audio, new TranscribeOptions { Language = language }, null, CancellationToken.None))
            {
            }
            Print(name, audio.Duration, watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds, spans.Parts());
        }
        return 0;
    }

    private static void Print(string song, double duration, double seconds, double processor, IReadOnlyList<Part> parts)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{song}: {duration:F0} s in {seconds:F1} s, {duration / seconds:F1} x real time; {processor:F1} s of processor time\n"));
        Console.WriteLine("| part | times | s | share | of it on parts heard again |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var part in parts.Append(new Part("the rest", 1, seconds - parts.Sum(part => part.Seconds), 0)))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {part.Name} | {part.Times} | {part.Seconds:F2} | {part.Seconds / seconds:P0} | {part.Again:F2} |"));
    }

    /// <summary>Listens to what recognition says of its parts.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly List<Activity> _ended = [];
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == SpeechSpans.SourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    lock (_ended)
                        _ended.Add(activity);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Part> Parts()
        {
            var within = _ended.Where(span => span.Parent is not null).ToLookup(span => span.Parent!);
            double Own(Activity span) => span.Duration.TotalSeconds - within[span].Sum(inner => inner.Duration.TotalSeconds);
            return
            [
                .. _ended.GroupBy(span => span.OperationName).Where(group => group.Key != SpeechSpans.HeardAgain).Select(group => new Part(
                    group.Key, group.Count(), group.Sum(Own),
                    group.Where(span => span.Parent?.OperationName == SpeechSpans.HeardAgain).Sum(Own))).OrderByDescending(part => part.Seconds),
            ];
        }

        public void Dispose() => _listener.Dispose();
    }
}
