namespace Libretto.Audio;

/// <summary>What a file says of one of its audio tracks: the one that players take, unless another was asked for.</summary>
public sealed record AudioInfo
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Length in seconds as the container says or ffmpeg estimates; null when it is not known before decoding.</summary>
    public double? Duration { get; init; }

    /// <summary>Which of the file's audio tracks this is, from 1.</summary>
    public int Track { get; init; } = 1;

    /// <summary>How many audio tracks the file has, 1 or more.</summary>
    public int Tracks { get; init; } = 1;

    /// <summary>Frames a second, in hertz.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Channels, 1 or more.</summary>
    public required int Channels { get; init; }

    /// <summary>The codec as ffmpeg names it, such as <c>mp3</c> or <c>flac</c>.</summary>
    public required string Codec { get; init; }

    /// <summary>The container as ffmpeg names it, such as <c>ogg</c> or <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</summary>
    public required string Container { get; init; }

    /// <summary>Tags such as <c>title</c>, <c>artist</c> and <c>album</c>; keys in lower case, values as they stand.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Whether there is a moving picture.</summary>
    public bool HasVideo { get; init; }

    /// <summary>Whether there is a cover picture.</summary>
    public bool HasCoverArt { get; init; }

    /// <summary>What is wrong with the file although it can be used, in sentences; empty when nothing is.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The media type of the file as a whole, such as <c>audio/mpeg</c>.</summary>
    public string MediaType => Container.Split(',')[0] switch
    {
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "ogg" => $"{Kind}/ogg",
        "aac" => "audio/aac",
        "aiff" => "audio/aiff",
        "mov" => $"{Kind}/mp4",
        "matroska" => $"{Kind}/webm",
        _ => "application/octet-stream",
    };

    private string Kind => HasVideo ? "video" : "audio";

    /// <summary>Whether the file is nothing but frames of sound and tags, none of which says when it is heard.</summary>
    internal bool HasFramesOnly => Container is "mp3" or "aac";

    /// <summary>Where the file's own clock stands at its start, seconds; 0 for most.</summary>
    internal double Origin { get; init; }

    /// <summary>
    /// Where the audio track ends, seconds from the file's start; null when only the end of the whole file is known, or none.
    /// </summary>
    internal double? SoundEnd { get; init; }

    /// <summary>The codecs of pictures and all else in the file, whose faults are none of the sound's.</summary>
    internal IReadOnlyList<string> OtherCodecs { get; init; } = [];

    /// <summary>The tag of that name, or null when missing or blank.</summary>
    /// <param name="name">In lower case, such as <c>title</c>.</param>
    public string? Tag(string name) => Tags.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
