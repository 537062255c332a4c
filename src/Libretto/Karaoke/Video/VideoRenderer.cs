using System.Globalization;
using Libretto.Audio;
using Libretto.Karaoke.Fonts;
using Libretto.Storage;
using Libretto.Tools;

namespace Libretto.Karaoke.Video;

/// <summary>Renders a song as MP4: ffmpeg draws the script with libass over a background, in H.264 with AAC.</summary>
internal sealed class VideoRenderer(ToolRunner tools, TemporaryFolder folder)
{
    private const int FramesPerSecond = 30;

    /// <summary>Renders a video.</summary>
    /// <param name="song">What is shown.</param>
    /// <param name="sound">What is heard.</param>
    /// <param name="cover">A file whose embedded cover may be the background; null for none.</param>
    /// <param name="options">How it looks.</param>
    /// <param name="path">The file to write; one that exists is replaced.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once; nothing half-written remains.</param>
    /// <exception cref="LibrettoException">A letter has no font, a picture or a style is none, or the disk is
    /// full.</exception>
    public async Task RenderAsync(
        KaraokeSong song, KaraokeSound sound, string? cover, VideoOptions options, string path, IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var script = folder.NewFile();
        try
        {
            using (var fonts = await new FontFinder(tools).FindAsync(song.Texts, cancellationToken))
            {
                var styles = AssStyles.Own(fonts.Family);
                if (options.StyleFile is { } file)
                    styles = styles.With(file, await ReadStyleAsync(file, cancellationToken));
                await File.WriteAllTextAsync(script, VideoScript.Write(song, fonts, styles), cancellationToken);
            }
            using var background = await new BackgroundMaker(tools, folder).MakeAsync(options, cover, cancellationToken);
            await WholeFile.WriteAsync(path, unfinished => tools.RunAsync(
                Tool.Ffmpeg,
                Arguments(song, sound, background, options, script, unfinished),
                readOutput: (stream, token) => FollowAsync(stream, song.Duration, progress, token),
                cancellationToken: cancellationToken));
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static async Task<string> ReadStyleAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw KaraokeException.NoStyle(file, e.Message);
        }
    }

    private static List<string> Arguments(KaraokeSong song, KaraokeSound sound, VideoBackground background, VideoOptions options,
        string script, string output)
    {
        var filter = $"[0:v]{background.Filter},ass=filename={Escape(script)}[picture];{sound.Filter(1)}";
        List<string> arguments = ["-hide_banner", "-nostdin", "-v", "error", "-nostats", "-progress", "pipe:1"];
        arguments.AddRange(background.Input);
        arguments.AddRange(sound.Inputs);
        arguments.AddRange(
        [
            "-filter_complex", filter, "-map", "[picture]", "-map", "[sound]",
            "-t", song.Duration.ToString("0.###", CultureInfo.InvariantCulture),
            // Still pictures with a little moving text: the fastest preset but one is small enough, and far above real time.
            "-c:v", "libx264", "-preset", "superfast", "-crf", "22", "-pix_fmt", "yuv420p", "-r", $"{FramesPerSecond}", "-g",
                $"{FramesPerSecond * 4}",
            "-c:a", "aac", "-b:a", "192k", "-map_metadata", "-1", "-map_chapters", "-1",
        ]);
        if (song.Title.Length > 0)
            arguments.AddRange(["-metadata", $"title={song.Title}"]);
        if (song.Artist.Length > 0)
            arguments.AddRange(["-metadata", $"artist={song.Artist}"]);
        arguments.AddRange(["-movflags", "+faststart", "-f", "mp4", "-y", "file:" + output]);
        return arguments;
    }

    /// <summary>ffmpeg reads a filter's option twice, first the graph and then the option, and wants each level escaped.</summary>
    private static string Escape(string path)
    {
        var option = string.Concat(path.Select(c => c is '\\' or '\'' or ':' ? $"\\{c}" : $"{c}"));
        return string.Concat(option.Select(c => c is '\\' or '\'' or '[' or ']' or ',' or ';' ? $"\\{c}" : $"{c}"));
    }

    private static async Task FollowAsync(Stream stream, double duration, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            if (line.StartsWith("out_time_us=", StringComparison.Ordinal) &&
                long.TryParse(line["out_time_us=".Length..], CultureInfo.InvariantCulture, out var done))
                progress?.Report(Math.Clamp(done / 1e6 / duration, 0, 1));
    }
}
