using System.Text.Json;
using Libretto.Karaoke.Video;
using Libretto.Pipeline.Exports;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>
/// Exports are jobs that are part of another: they wait their turn, survive their workers, can be watched and cancelled, and go with that
/// job. Their row names the same song, words and stems; their result is a file in the store.
/// </summary>
internal static class Exports
{
    // Raised when the same song and options would give another file.
    private const string Version = "1";

    // What tells an export from other parts of a job, and makes one row of the same export asked for twice.
    private const string KeyPrefix = "export:";

    /// <summary>Several kinds in one ZIP.</summary>
    public const string Zip = "zip";

    /// <summary>What karaoke is made as, as it is called in addresses.</summary>
    public static IReadOnlyList<string> Single { get; } = [.. Enum.GetNames<KaraokeKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Single, Zip];

    /// <summary>Whether a job is one.</summary>
    public static bool Is(Job job) => job.Options.Export is not null;

    /// <summary>The export of a song as it is now.</summary>
    /// <param name="song">A job with words.</param>
    /// <param name="options">What is to be made.</param>
    /// <param name="now">The time.</param>
    public static Job Of(Job song, ExportOptions options, DateTime now)
    {
        var resultKey = ContentKey.Of(
            StoreFolders.Exports, Version, song.InputKey!, song.DocumentKey!, song.VocalsKey ?? "", song.InstrumentalKey ?? "", song.Title
                ?? "", song.Artist ?? "",
            JsonSerializer.Serialize(options, JobJson.Default.ExportOptions));
        return new Job
        {
            Id = Job.NewId(),
            PartOf = song.Id,
            KeyId = song.KeyId,
            IdempotencyKey = $"{KeyPrefix}{song.Id}:{resultKey}",
            RequestHash = resultKey,
            FileName = song.FileName,
            Title = song.Title,
            Artist = song.Artist,
            Options = new JobOptions { Export = options },
            Status = JobStatus.Queued,
            StatusMessage = JobStore.Waiting,
            InputKey = song.InputKey,
            LyricsKey = song.DocumentKey,
            VocalsKey = song.VocalsKey,
            InstrumentalKey = song.InstrumentalKey,
            ResultKey = resultKey,
            Duration = song.Duration,
            Lane = Lane.Compute,
            CreatedAt = now,
        };
    }

    /// <summary>What has to be made for an export.</summary>
    public static IReadOnlyList<KaraokeKind> Parts(ExportOptions options) =>
        [.. (options.Kind == Zip ? options.Kinds ?? Single : [options.Kind])
            .Select(kind => Enum.Parse<KaraokeKind>(kind, ignoreCase: true))];

    public static KaraokeAudio AudioOf(ExportOptions options) =>
        options.Audio is { } audio ? Enum.Parse<KaraokeAudio>(audio, ignoreCase: true) : KaraokeAudio.Instrumental;

    public static VideoOptions VideoOf(ExportOptions options)
    {
        var video = new VideoOptions { Height = options.Resolution ?? 720 };
        return options.Background switch
        {
            null or "cover" => video,
            "gradient" => video with { Background = VideoBackgroundKind.Gradient },
            var color => video with { Background = VideoBackgroundKind.Color, Color = color },
        };
    }

    /// <summary>What a kind's file ends with, and its media type.</summary>
    public static (string Ending, string MediaType) FileOf(string kind) => kind switch
    {
        "html" => (".html", "text/html"),
        "mp4" => (".mp4", "video/mp4"),
        _ => (".zip", "application/zip"),
    };
}
