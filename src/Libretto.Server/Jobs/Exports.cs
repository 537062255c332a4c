using Libretto.Karaoke.Video;
using Libretto.Pipeline.Exports;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs;

/// <summary>
/// Exports are jobs that are part of another: they wait their turn, survive their workers, can be watched and cancelled, and go with that
/// job. Their row names the same song, words and stems; their result is a file in the store.
/// </summary>
internal static class Exports
{
    /// <summary>The kinds there are, as they are called in addresses.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetNames<KaraokeKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>Whether a job is one.</summary>
    public static bool Is(Job job) => job.Options.Export is not null;

    public static KaraokeKind KindOf(ExportOptions options) => Enum.Parse<KaraokeKind>(options.Kind, ignoreCase: true);

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
    public static (string Ending, string MediaType) FileOf(KaraokeKind kind) => kind switch
    {
        KaraokeKind.Html => (".html", "text/html"),
        KaraokeKind.Mp4 => (".mp4", "video/mp4"),
        _ => (".zip", "application/zip"),
    };
}
