using Libretto.Audio;

namespace Libretto.Server.Api;

/// <summary>The media type of a recording, by what ffprobe found in it.</summary>
internal static class MediaTypes
{
    public static string Of(AudioInfo info)
    {
        var kind = info.HasVideo ? "video" : "audio";
        return info.Container.Split(',')[0] switch
        {
            "mp3" => "audio/mpeg",
            "wav" => "audio/wav",
            "flac" => "audio/flac",
            "ogg" => $"{kind}/ogg",
            "aac" => "audio/aac",
            "aiff" => "audio/aiff",
            "mov" => $"{kind}/mp4",
            "matroska" => $"{kind}/webm",
            _ => "application/octet-stream",
        };
    }
}
