using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Tools;

namespace Libretto.Audio;

/// <summary>Asks ffprobe what a file holds, and says in plain words why it cannot be used.</summary>
internal sealed class AudioProbe(ToolRunner tools)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // Demuxers that open other files named in the one given. Nobody means such a file by "a song".
    private static readonly HashSet<string> Playlists = ["hls", "concat", "dash", "imf", "sdp", "webm_dash_manifest"];

    public async Task<AudioInfo> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        CheckReadable(path);
        var json = await AskAsync(path, cancellationToken);
        var probed = JsonSerializer.Deserialize(json, ProbeJson.Default.Probed) ?? new Probed(null, null);
        var streams = probed.Streams ?? [];
        var container = probed.Format?.FormatName ?? "";
        if (container.Split(',').Any(Playlists.Contains))
            throw AudioException.Playlist(path);
        // ffmpeg would draw any text as a picture of a terminal.
        if (container == "tty")
            throw AudioException.NotAudio(path, "it is text");

        var pictures = streams.Where(s => s.CodecType == "video").ToList();
        var audio = streams.FirstOrDefault(s => s.CodecType == "audio")
            ?? throw (pictures.Count > 0 ? AudioException.NoAudioStream(path) : AudioException.NotAudio(path, null));
        if (audio.CodecName is null || !int.TryParse(audio.SampleRate, out var rate) || rate < 1 || audio.Channels < 1)
            throw AudioException.NotAudio(path, "the audio track's format is unknown");

        return new AudioInfo
        {
            Path = path,
            Duration = Number(audio.Duration) ?? Number(probed.Format?.Duration),
            SampleRate = rate,
            Channels = audio.Channels,
            Codec = audio.CodecName,
            Container = container,
            Tags = Merge(audio.Tags, probed.Format?.Tags),
            HasVideo = pictures.Any(s => !s.IsCover),
            HasCoverArt = pictures.Any(s => s.IsCover),
            Lead = LeadOf(audio, probed.Format, pictures.Any(s => !s.IsCover)),
        };
    }

    /// <summary>Arguments that name a file so that nothing but that file is opened, whatever its name looks like.</summary>
    public static string[] InputArguments(string path) => ["-protocol_whitelist", "file", "-i", "file:" + Path.GetFullPath(path)];

    private static void CheckReadable(string path)
    {
        if (Directory.Exists(path))
            throw AudioException.IsFolder(path);
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) == 0)
                throw AudioException.Empty(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw AudioException.FileMissing(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw AudioException.Unreadable(path, e);
        }
    }

    private async Task<string> AskAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            string[] arguments =
                ["-hide_banner", "-v", "error", "-print_format", "json", "-show_format", "-show_streams", .. InputArguments(path)];
            return await tools.ReadTextAsync(Tool.Ffprobe, arguments, Limit, cancellationToken);
        }
        catch (ToolException e) when (e.Code == "tool_failed")
        {
            throw AudioException.NotAudio(path, FfmpegErrorText.Reason(e.ErrorLines, path));
        }
    }

    /// <summary>How much later the sound of a film starts than the film.</summary>
    private static double LeadOf(ProbedStream audio, ProbedFormat? format, bool isFilm)
    {
        var lead = (Number(audio.StartTime) ?? 0) - (Number(format?.StartTime) ?? 0);
        return isFilm && lead > 0.01 && lead < (Number(format?.Duration) ?? 0) ? lead : 0;
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : null;

    private static Dictionary<string, string> Merge(params Dictionary<string, string>?[] tags)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags.SelectMany(t => t ?? []))
            merged[key.ToLowerInvariant()] = value;
        return merged;
    }
}

internal sealed record Probed(List<ProbedStream>? Streams, ProbedFormat? Format);

internal sealed record ProbedFormat(string? FormatName, string? StartTime, string? Duration, Dictionary<string, string>? Tags);

internal sealed record ProbedStream(
    string? CodecName,
    string? CodecType,
    string? SampleRate,
    int Channels,
    string? StartTime,
    string? Duration,
    Dictionary<string, int>? Disposition,
    Dictionary<string, string>? Tags)
{
    [JsonIgnore]
    public bool IsCover => Disposition?.GetValueOrDefault("attached_pic") == 1;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Probed))]
internal sealed partial class ProbeJson : JsonSerializerContext;
