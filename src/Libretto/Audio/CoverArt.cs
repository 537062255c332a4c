using Libretto.Tools;

namespace Libretto.Audio;

/// <summary>The picture that a song's file holds of its cover.</summary>
public sealed class CoverArt
{
    // Words stand on it: white ones of which a little is see-through are read even where the cover is white.
    private const string Blurred =
        "scale=96:54:force_original_aspect_ratio=increase,crop=96:54,setsar=1,format=yuv444p,gblur=sigma=7,scale=480:270," +
        "lutyuv=y=val*0.21+6:u=(val-128)*0.6+128:v=(val-128)*0.6+128,format=yuvj420p";

    private static readonly TimeSpan s_timeLimit = TimeSpan.FromMinutes(1);

    private readonly ToolRunner _tools;

    /// <summary>Creates the writer.</summary>
    /// <param name="tools">Runs ffmpeg.</param>
    public CoverArt(ToolRunner tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        _tools = tools;
    }

    /// <summary>Writes the cover as JPEG, in its own proportions.</summary>
    /// <param name="song">A file of which <see cref="AudioInfo.HasCoverArt"/> holds.</param>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <param name="width">Pixels, at most.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    /// <returns>False where the cover cannot be read: no song is refused for that.</returns>
    public Task<bool> WriteAsync(string song, string path, int width, CancellationToken cancellationToken = default) =>
        RunAsync(song, path, $"scale='min({width},iw)':-2,format=yuvj420p", cancellationToken);

    /// <summary>
    /// Writes what may stand behind words: the cover so blurred and dark that white words are read on it, 480 by 270 pixels.
    /// </summary>
    /// <param name="song">Likewise.</param>
    /// <param name="path">Likewise.</param>
    /// <param name="cancellationToken">Likewise.</param>
    /// <returns>Likewise.</returns>
    public Task<bool> WriteBackdropAsync(string song, string path, CancellationToken cancellationToken = default) =>
        RunAsync(song, path, Blurred, cancellationToken);

    private async Task<bool> RunAsync(string song, string path, string filter, CancellationToken cancellationToken)
    {
        try
        {
            await WholeFile.WriteAsync(path, async unfinished =>
            {
                await _tools.RunAsync(
                    Tool.Ffmpeg,
                    [
                        "-hide_banner", "-nostdin", "-v", "error", .. AudioProbe.InputArguments(song), "-map", "0:v:0",
                        "-frames:v", "1", "-vf", filter, "-c:v", "mjpeg", "-q:v", "3", "-f", "image2pipe", "-y", "file:" + unfinished,
                    ],
                    timeLimit: s_timeLimit,
                    cancellationToken: cancellationToken);
                // Of a picture without a single frame ffmpeg makes nothing, and is content.
                if (new FileInfo(unfinished).Length == 0)
                    throw new InvalidDataException("The cover holds no picture.");
            });
            return true;
        }
        catch (Exception e) when (e is ToolException { Code: ErrorCodes.ToolFailed } or InvalidDataException)
        {
            return false;
        }
    }
}
