using System.Text.Json;

namespace Libretto.Acquire.YtDlp;

/// <summary>Reads what yt-dlp writes while it works, and stops it as soon as a limit is passed or nobody wants the song.</summary>
internal sealed class YtDlpOutput(SongFetch request, IProgress<FetchProgress>? progress)
{
    /// <summary>What it found; null before it said so.</summary>
    public SongFacts? Facts { get; private set; }

    /// <summary>Reads to the end.</summary>
    /// <exception cref="AcquireException">What it found, or fetches, cannot be taken.</exception>
    /// <exception cref="NotWantedException">The caller does not want the song any more.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken ct)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            if (After(line, YtDlpArguments.FactsMark) is { } facts)
                await FoundAsync(facts, ct);
            else if (After(line, YtDlpArguments.ProgressMark) is { } moved)
                Moved(moved);
        }
    }

    private async Task FoundAsync(string json, CancellationToken ct)
    {
        using var document = JsonDocument.Parse(json);
        var said = document.RootElement;
        if (Number(said, "n_entries") > 1 || Number(said, "playlist_count") > 1)
            throw AcquireException.Playlist(request.Link.Address.AbsoluteUri);
        if (said.TryGetProperty("is_live", out var live) && live.ValueKind == JsonValueKind.True ||
            Text(said, "live_status") is "is_live" or "is_upcoming" or "post_live")
            throw AcquireException.Live();
        var duration = Number(said, "duration");
        if (duration > request.Limits.Duration.TotalSeconds)
            throw AcquireException.TooLong(duration, request.Limits.Duration);
        if ((Number(said, "filesize") ?? Number(said, "filesize_approx")) > request.Limits.Bytes)
            throw AcquireException.TooBig(request.Limits.Bytes);

        Facts = FactsOf(said, duration);
        if (request.IsWanted is { } isWanted && !await isWanted(Facts, ct))
            throw new NotWantedException();
    }

    private SongFacts FactsOf(JsonElement said, double? duration)
    {
        var site = Text(said, "extractor_key")?.ToLowerInvariant();
        var id = Text(said, "id");
        // What it calls generic is any page: its id is only the address's last part, and its title is numbered.
        var isOfSite = site is not (null or "generic" or "html5mediaembed") && id is not null;
        var (artist, title) = TitleCleaner.Clean(
            Text(said, "track") ?? (isOfSite ? Text(said, "title") : WithoutNumber(Text(said, "title"))),
            Text(said, "artist") ?? (site is "soundcloud" or "bandcamp" ? Text(said, "uploader") : null),
            Text(said, "channel") ?? Text(said, "uploader"));
        return new SongFacts(isOfSite ? $"{site}:{id}" : request.Link.Key)
        {
            Url = Text(said, "webpage_url") ?? request.Link.Address.AbsoluteUri,
            VideoId = isOfSite ? id : request.Link.VideoId,
            Title = title,
            Artist = artist,
            Album = Text(said, "album"),
            Duration = duration,
            Thumbnail = Text(said, "thumbnail"),
            Method = "yt-dlp",
        };
    }

    private void Moved(string json)
    {
        using var document = JsonDocument.Parse(json);
        var bytes = (long)(Number(document.RootElement, "bytes") ?? 0);
        if (bytes > request.Limits.Bytes)
            throw AcquireException.TooBig(request.Limits.Bytes);
        progress?.Report(
            new FetchProgress(bytes, (long?)(Number(document.RootElement, "total") ?? Number(document.RootElement, "estimate"))));
    }

    private static string? WithoutNumber(string? title) =>
        title is { Length: > 4 } && title.EndsWith(" (1)", StringComparison.Ordinal) ? title[..^4] : title;

    private static string? After(string line, string mark) => line.StartsWith(mark, StringComparison.Ordinal) ? line[mark.Length..] : null;

    /// <summary>A text that is there; what is not there comes empty.</summary>
    private static string? Text(JsonElement said, string name) =>
        said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String &&
            !string.IsNullOrWhiteSpace(value.GetString()) ? value.GetString()!.Trim() : null;

    private static double? Number(JsonElement said, string name) =>
        said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}

/// <summary>Ends yt-dlp because the song it found is not wanted; caught where it was started.</summary>
internal sealed class NotWantedException : Exception;
