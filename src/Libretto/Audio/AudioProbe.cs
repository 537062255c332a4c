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

    // What directors say, and what is told to those who cannot see or hear, is not what is sung.
    private static readonly string[] s_besides = ["comment", "visual_impaired", "hearing_impaired", "descriptions"];

    public async Task<AudioInfo> ProbeAsync(string path, int? track, CancellationToken cancellationToken)
    {
        CheckReadable(path);
        var (json, errors) = await AskAsync(path, cancellationToken);
        var probed = JsonSerializer.Deserialize(json, ProbeJson.Default.Probed) ?? new Probed(null, null);
        var streams = probed.Streams ?? [];
        var container = probed.Format?.FormatName ?? "";
        if (container.Split(',').Any(Playlists.Contains))
            throw AudioException.Playlist(path);
        // ffmpeg would draw any text as a picture of a terminal.
        if (container == "tty")
            throw AudioException.NotAudio(path, "it is text");

        var pictures = streams.Where(s => s.CodecType == "video").ToList();
        var tracks = streams.Where(s => s.CodecType == "audio").ToList();
        if (tracks.Count == 0)
            throw pictures.Count > 0 ? AudioException.NoAudioStream(path) : AudioException.NotAudio(path, null);
        if (track > tracks.Count)
            throw AudioException.TrackMissing(path, track.Value, tracks.Count);
        var audio = track is { } number ? tracks[number - 1] : Usual(tracks);
        if (audio.CodecName is null || !int.TryParse(audio.SampleRate, out var rate) || rate < 1 || audio.Channels < 1)
            throw AudioException.NotAudio(path, "the audio track's format is unknown");

        var info = new AudioInfo
        {
            Path = path,
            Duration = Number(audio.Duration) ?? Number(probed.Format?.Duration),
            Track = tracks.IndexOf(audio) + 1,
            Tracks = tracks.Count,
            SampleRate = rate,
            Channels = audio.Channels,
            Codec = audio.CodecName,
            Container = container,
            Tags = Merge(audio.Tags, probed.Format?.Tags),
            HasVideo = pictures.Any(s => !s.IsCover),
            HasCoverArt = pictures.Any(s => s.IsCover),
            Origin = Number(probed.Format?.StartTime) ?? 0,
            OtherCodecs = [.. streams.Where(s => s.CodecType != "audio").Select(s => s.CodecName).OfType<string>().Distinct()],
        };
        if (track is null && tracks.Count > 1)
            info = info with
            {
                Warnings = [$"{path} holds {tracks.Count} audio tracks; track {info.Track} is used. Another can be chosen by its number."],
            };
        // What is guessed from the bit rate at the start may be three times too long.
        var isGuess = errors.Any(line => line.Contains("Estimating duration from bitrate", StringComparison.Ordinal)) &&
            !audio.CodecName.StartsWith("pcm_", StringComparison.Ordinal);
        return isGuess
            ? info with { Duration = await MeasureAsync(info, cancellationToken) ?? info.Duration }
            : info with { SoundEnd = EndOf(audio, info, streams.All(s => s == audio || s.IsCover), Number(probed.Format?.Duration)) };
    }

    /// <summary>The track that players take: the one marked as the usual one, unless it is there besides.</summary>
    private static ProbedStream Usual(List<ProbedStream> tracks) =>
        tracks.FirstOrDefault(s => s.Is("default") && !s_besides.Any(s.Is))
        ?? tracks.FirstOrDefault(s => !s_besides.Any(s.Is))
        ?? tracks[0];

    /// <summary>Where a track ends, seconds from the file's start. Matroska says it in a tag only, and only of some files.</summary>
    private static double? EndOf(ProbedStream audio, AudioInfo info, bool isAlone, double? whole)
    {
        if (Number(audio.Duration) is { } length)
            return Math.Max(0, (Number(audio.StartTime) ?? 0) - info.Origin) + length;
        if (isAlone)
            return whole;
        // Of .NET's fractions seven digits are the most; nine stand there.
        return info.Tags.GetValueOrDefault("duration") is { Length: > 8 } text &&
            TimeSpan.TryParse(text[..Math.Min(text.Length, 16)], CultureInfo.InvariantCulture, out var end) ? end.TotalSeconds : null;
    }

    /// <summary>The length of a track by its packets, which are read to the end but not decoded; null when they have no times.</summary>
    private async Task<double?> MeasureAsync(AudioInfo info, CancellationToken cancellationToken)
    {
        double? end = null;
        string[] arguments =
        [
            "-hide_banner", "-v", "error", "-select_streams", $"a:{info.Track - 1}",
            "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", .. InputArguments(info.Path),
        ];
        try
        {
            await tools.RunAsync(
                Tool.Ffprobe,
                arguments,
                async (stream, token) =>
                {
                    using var reader = new StreamReader(stream, leaveOpen: true);
                    while (await reader.ReadLineAsync(token) is { } line)
                        if (line.Split(',') is [var start, var length, ..] && Number(length) is { } seconds)
                            end = (Number(start) ?? 0) + seconds - info.Origin;
                },
                timeLimit: Limit,
                cancellationToken: cancellationToken);
        }
        catch (ToolException e) when (e.Code is ErrorCodes.ToolFailed or ErrorCodes.ToolTimeout or ErrorCodes.ToolMemory)
        {
            // As good as it got.
        }
        return end;
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
        catch (NotSupportedException e)
        {
            // A pipe has no length, and ffmpeg would want to read it twice.
            throw AudioException.NoFile(path, e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw AudioException.Unreadable(path, e);
        }
    }

    private async Task<(string Json, IReadOnlyList<string> Errors)> AskAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            string[] arguments =
                ["-hide_banner", "-v", "warning", "-print_format", "json", "-show_format", "-show_streams", .. InputArguments(path)];
            return await tools.ReadTextAsync(Tool.Ffprobe, arguments, Limit, cancellationToken);
        }
        catch (ToolException e) when (e.Code is ErrorCodes.ToolFailed or ErrorCodes.ToolMemory)
        {
            throw AudioException.NotAudio(path, FfmpegErrorText.Reason(e.ErrorLines, path));
        }
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
    public bool IsCover => Is("attached_pic");

    public bool Is(string disposition) => Disposition?.GetValueOrDefault(disposition) == 1;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Probed))]
internal sealed partial class ProbeJson : JsonSerializerContext;
