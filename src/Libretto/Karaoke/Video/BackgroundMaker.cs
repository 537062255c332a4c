using System.Globalization;
using Libretto.Audio;
using Libretto.Storage;
using Libretto.Tools;
using SkiaSharp;

namespace Libretto.Karaoke.Video;

/// <summary>A background as ffmpeg reads it.</summary>
/// <param name="Input">Arguments that open it as an input.</param>
/// <param name="Filter">Makes of it a picture of the right size at the right rate, without end.</param>
internal sealed record VideoBackground(IReadOnlyList<string> Input, string Filter) : IDisposable
{
    /// <summary>A file that goes with it.</summary>
    public string? Temporary { get; init; }

    public void Dispose()
    {
        if (Temporary is not null)
            File.Delete(Temporary);
    }
}

/// <summary>Makes backgrounds. What stands still is drawn once and shown again and again, which costs nothing.</summary>
internal sealed class BackgroundMaker(ToolRunner tools, TemporaryFolder folder)
{
    private const string Rate = "30";

    // White letters must stand out from any picture.
    private const string Darkened = "colorlevels=romax=0.6:gomax=0.6:bomax=0.6";

    /// <summary>Makes a background; the caller disposes of it.</summary>
    /// <param name="options">Which.</param>
    /// <param name="cover">A file whose embedded cover is taken for <see cref="VideoBackgroundKind.Auto"/>; null for none.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    /// <exception cref="KaraokeException">A picture or video is none.</exception>
    public async Task<VideoBackground> MakeAsync(VideoOptions options, string? cover, CancellationToken cancellationToken) =>
        options.Background switch
    {
        VideoBackgroundKind.Color => new(["-f", "lavfi", "-i", $"color=c={Hex(options.Color)}:s={Size(options)}:r={Rate}"],
            "format=yuv420p"),
        VideoBackgroundKind.File => await FileAsync(options, options.File!, cancellationToken),
        VideoBackgroundKind.Auto when cover is not null && await CoverAsync(options, cover, cancellationToken) is { } blurred => blurred,
        _ => Gradient(options),
    };

    private VideoBackground Gradient(VideoOptions options)
    {
        var picture = folder.NewFile();
        using var bitmap = new SKBitmap(options.Width, options.Height);
        using (var canvas = new SKCanvas(bitmap))
        using (var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(0, options.Height), [SKColor.Parse(options.Color), SKColor.Parse(options.LowerColor)],
            SKShaderTileMode.Clamp))
        using (var paint = new SKPaint { Shader = shader, IsDither = true })
            canvas.DrawPaint(paint);
        using (var file = File.Create(picture))
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        return StillOf(picture);
    }

    private static VideoBackground StillOf(string picture) =>
        new(["-f", "png_pipe", "-framerate", Rate, "-i", "file:" + picture], Still) { Temporary = picture };

    private static string Still => $"format=yuv420p,loop=loop=-1:size=1:start=0,setpts=N/({Rate}*TB),fps={Rate}";

    private static string Size(VideoOptions options) => string.Create(CultureInfo.InvariantCulture, $"{options.Width}x{options.Height}");

    private static string Hex(string color) => "0x" + color.TrimStart('#');

    private static string Cut(VideoOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"scale={options.Width}:{options.Height}:force_original_aspect_ratio=increase,crop={options.Width}:{options.Height},setsar=1");

    private async Task<VideoBackground?> CoverAsync(VideoOptions options, string song, CancellationToken cancellationToken)
    {
        try
        {
            return await StillAsync(options, song, $"gblur=sigma={options.Height / 24},{Darkened}", cancellationToken);
        }
        catch (KaraokeException)
        {
            // A cover that cannot be read is no reason to go without a video.
            return null;
        }
    }

    private async Task<VideoBackground> StillAsync(VideoOptions options, string file, string look, CancellationToken cancellationToken)
    {
        var picture = folder.NewFile();
        try
        {
            await tools.RunAsync(
                Tool.Ffmpeg,
                [
                    "-hide_banner", "-nostdin", "-v", "error", .. AudioProbe.InputArguments(file), "-map", "0:v:0",
                    "-vf", $"{Cut(options)},{look},format=rgb24", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "-y",
                    "file:" + picture,
                ],
                timeLimit: TimeSpan.FromMinutes(2),
                cancellationToken: cancellationToken);
            if (new FileInfo(picture) is not { Exists: true, Length: > 0 })
                throw KaraokeException.NoPicture(file, null);
        }
        catch (Exception e)
        {
            File.Delete(picture);
            if (e is ToolException { Code: ErrorCodes.ToolFailed } failed)
                throw KaraokeException.NoPicture(file, FfmpegErrorText.Reason(failed.ErrorLines, file));
            throw;
        }
        return StillOf(picture);
    }

    /// <summary>A picture stands still; of what has a second frame all are shown.</summary>
    private async Task<VideoBackground> FileAsync(VideoOptions options, string file, CancellationToken cancellationToken)
    {
        var still = await StillAsync(options, file, Darkened, cancellationToken);
        if (!await MovesAsync(file, cancellationToken))
            return still;
        still.Dispose();
        return new(["-stream_loop", "-1", .. AudioProbe.InputArguments(file)], $"{Cut(options)},fps={Rate},{Darkened},format=yuv420p");
    }

    private async Task<bool> MovesAsync(string file, CancellationToken cancellationToken)
    {
        var (frames, _) = await tools.ReadTextAsync(
            Tool.Ffprobe,
            [
                "-hide_banner", "-v", "error", "-select_streams", "v:0", "-read_intervals", "%+#3", "-show_entries", "packet=pts",
                "-of", "csv=p=0",
                .. AudioProbe.InputArguments(file),
            ],
            TimeSpan.FromMinutes(1),
            cancellationToken);
        return frames.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > 1;
    }
}
