using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Libretto.Library;
using Libretto.Library.Jellyfin;
using Libretto.Pipeline;
using Spectre.Console;

namespace Libretto.Cli.Display;

/// <summary>Shows how the work on a collection goes: the plan on standard output, the songs on standard error.</summary>
internal abstract class LibraryDisplay : IProgress<int>, IProgress<LibraryProgress>, IProgress<SongProgress>
{
    private const int MostSongsNamed = 10_000;

    /// <param name="mode">What <c>--progress</c> says.</param>
    public static LibraryDisplay Create(string mode) => mode switch
    {
        "json" => new Json(Console.Error),
        "none" => new Silent(),
        _ => new Lines(Console.Error, mode == "auto" && !Console.IsErrorRedirected && AnsiConsole.Profile.Capabilities.Interactive),
    };

    /// <summary>Files that were looked at.</summary>
    public virtual void Report(int value)
    {
    }

    /// <summary>A song has ended.</summary>
    public abstract void Report(LibraryProgress value);

    /// <summary>How far a song is.</summary>
    public virtual void Report(SongProgress value)
    {
    }

    /// <summary>The plan is made.</summary>
    /// <param name="plan">It.</param>
    /// <param name="withSongs">Whether each song is named.</param>
    public virtual void Planned(LibraryPlan plan, bool withSongs)
    {
        if (withSongs)
            foreach (var song in plan.Songs.Where(song => song.IsWork || song.Notices.Count > 0).Take(MostSongsNamed))
                Console.Out.WriteLine(OneLine.Of($"{LibraryActionText.Word(song.Action),-12} {song.Path}{Why(song)}"));
        foreach (var trouble in plan.Troubles)
            Console.Out.WriteLine(OneLine.Of(trouble));
        Console.Out.WriteLine($"{DisplayText.Count(plan.Songs.Count, "song")} in {DisplayText.Count(plan.Files, "file")}:");
        foreach (var (action, count) in plan.Counts.OrderBy(pair => pair.Key))
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8}  {LibraryActionText.Sentence(action)}"));
        Console.Out.WriteLine(plan.Work.Any() ? $"About {About(plan.Estimate)} of work." : "Nothing is to be done.");
    }

    /// <summary>Folders are watched from now on.</summary>
    public virtual void Watching(IReadOnlyList<string> folders) =>
        Console.Error.WriteLine(OneLine.Of($"watching {string.Join(", ", folders)}; Ctrl-C ends it"));

    /// <summary>Lyrics were handed to Jellyfin.</summary>
    public virtual void HandedOver(HandOverCounts counts) => Console.Error.WriteLine(
        $"{DisplayText.Count(counts.Handed, "song")} handed to Jellyfin" +
        (counts.Unknown > 0 ? $", {counts.Unknown} not known there" : "") + (counts.Refused > 0 ? $", {counts.Refused} not taken" : ""));

    /// <summary>The run is over.</summary>
    public virtual void Ended(LibraryReport report)
    {
        foreach (var outcome in report.Songs.Where(outcome => !outcome.Song.IsWork && outcome.Notices.Count > 0).Take(MostSongsNamed))
            Console.Error.WriteLine(OneLine.Of($"{outcome.Song.Path}: {string.Join(' ', outcome.Notices)}"));
        if (!report.Plan.Work.Any())
            return;
        var counts = report.Counts;
        int Of(LibraryResult result) => counts.GetValueOrDefault(result);
        var check = report.Songs.Count(outcome => outcome.Unsure);
        Console.Error.WriteLine(
            $"{Of(LibraryResult.Written)} written, {Of(LibraryResult.NoWords)} without words, {Of(LibraryResult.Left)} left as they are, " +
            $"{Of(LibraryResult.Failed)} failed" + (Of(LibraryResult.NotTried) is > 0 and var untried ? $", {untried} not tried" : "") +
            (check > 0 ? $"; {check} to be checked by ear" : ""));
    }

    private static string Why(PlannedSong song) =>
        (song.Lyrics is { } lyrics ? $"  <- {(lyrics.Place == KnownLyrics.Tags ? "its tags" : Path.GetFileName(lyrics.Place))}" : "") +
        string.Concat(song.Notices.Select(notice => $"  ({notice})"));

    private static string About(double seconds) => seconds switch
    {
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(seconds)):F0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} h"),
    };

    private sealed class Silent : LibraryDisplay
    {
        public override void Report(LibraryProgress value)
        {
            if (value.Outcome.Error is { } error)
                ErrorReport.Say(OneLine.Of(error));
        }
    }

    /// <summary>A line for each song; on a terminal one that changes says how far the whole is.</summary>
    private sealed class Lines(TextWriter output, bool isLive) : LibraryDisplay
    {
        private const string ClearLine = "\r\u001b[K";
        private readonly Lock _writing = new();
        private readonly HashSet<string> _told = [];
        private string _left = "";
        private long _shown;

        public override void Report(int value)
        {
            if (isLive && value % 100 == 0)
                Show($"looking at files: {value}");
        }

        public override void Report(SongProgress value)
        {
            if (value.Notice is { } notice)
                Tell(notice);
            // A few times a second is as often as anyone reads.
            else if (isLive && Environment.TickCount64 - _shown > 200)
                Show(string.Create(CultureInfo.InvariantCulture, $"{_left}{value.Message} {100 * value.Fraction:F0} %"));
        }

        public override void Report(LibraryProgress value)
        {
            var outcome = value.Outcome;
            var what = outcome.Result switch
            {
                LibraryResult.Failed => $"failed: {outcome.Error}",
                LibraryResult.NoWords => "no words are sung",
                _ => $"{DisplayText.Count(outcome.Words, "word")}{(outcome.Unsure ? ", to be checked by ear" : "")}",
            };
            _left = value.Done < value.Count ? $"[{value.Done}/{value.Count}, {DisplayText.Left(value.Remaining)}] " : "";
            Write($"[{value.Done}/{value.Count}] {outcome.Song.Path}: {what}");
        }

        /// <summary>What is true of many songs is told once.</summary>
        private void Tell(string notice)
        {
            lock (_writing)
                if (!_told.Add(notice))
                    return;
            Write($"  {notice}");
        }

        private void Write(string line)
        {
            lock (_writing)
                output.WriteLine((isLive ? ClearLine : "") + OneLine.Of(line));
        }

        private void Show(string text)
        {
            lock (_writing)
            {
                _shown = Environment.TickCount64;
                output.Write(ClearLine + OneLine.Of(text));
            }
        }
    }

    /// <summary>A JSON object a line.</summary>
    private sealed class Json(TextWriter output) : LibraryDisplay
    {
        private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

        public override void Planned(LibraryPlan plan, bool withSongs)
        {
            if (withSongs)
                base.Planned(plan, withSongs);
            Write(new
            {
                Event = "plan",
                Songs = plan.Songs.Count,
                plan.Files,
                Counts = plan.Counts.ToDictionary(pair => LibraryActionText.Word(pair.Key), pair => pair.Value),
                Estimate = Math.Round(plan.Estimate),
            });
        }

        public override void Report(LibraryProgress value) => Write(new
        {
            Event = value.Outcome.Error is null ? "done" : "failed",
            Song = value.Outcome.Song.Path,
            Action = LibraryActionText.Word(value.Outcome.Song.Action),
            value.Outcome.Files,
            value.Outcome.Words,
            value.Outcome.Unsure,
            value.Outcome.Code,
            Message = value.Outcome.Error,
            value.Done,
            value.Count,
        });

        public override void Ended(LibraryReport report) => Write(new
        {
            Event = "end",
            Counts = report.Counts.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
        });

        public override void Watching(IReadOnlyList<string> folders) => Write(new { Event = "watching", Folders = folders });

        public override void HandedOver(HandOverCounts counts) =>
            Write(new { Event = "jellyfin", counts.Handed, counts.Unknown, counts.Refused });

        private void Write(object value)
        {
            lock (output)
                output.WriteLine(JsonSerializer.Serialize(value, s_options));
        }
    }
}
