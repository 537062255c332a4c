using System.Globalization;
using System.Text.Json;

namespace Libretto.Acquire.YtDlp;

/// <summary>Has yt-dlp say which songs a list has, without looking at each, and reads what it says.</summary>
internal sealed class YtDlpList
{
    private const string Mark = "libretto-entry:";

    private readonly List<string> _links = [];
    private string? _title;
    private int? _count;
    private bool _isList;

    /// <summary>The songs; null where the link leads to none that is a list.</summary>
    public SongPlaylist? Found => _isList ? new SongPlaylist(_title, _links, _count) : null;

    /// <summary>How yt-dlp is called.</summary>
    /// <param name="link">The list.</param>
    /// <param name="most">How many songs are wanted at most.</param>
    /// <param name="proxy">Its one way out.</param>
    /// <param name="cookies">A file of cookies; null for none.</param>
    public static IReadOnlyList<string> Arguments(SongLink link, int most, Uri proxy, string? cookies) =>
        YtDlpArguments.Call(link, proxy, cookies,
        [
            "--yes-playlist", "--flat-playlist", "--playlist-items", string.Create(CultureInfo.InvariantCulture, $"1:{most}"),
            "--no-warnings", "--skip-download", "--print",
            $"{Mark}{{\"url\":%(url|)j,\"title\":%(playlist_title|)j,\"count\":%(playlist_count|)j,\"index\":%(playlist_index|)j}}",
        ]);

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            if (line.StartsWith(Mark, StringComparison.Ordinal))
                Take(line[Mark.Length..]);
    }

    private void Take(string json)
    {
        using var document = JsonDocument.Parse(json);
        var said = document.RootElement;
        // A single song has no place in a list.
        if (said.GetProperty("index").ValueKind != JsonValueKind.Number)
            return;
        _isList = true;
        _title = said.GetProperty("title").GetString() is { Length: > 0 } title ? title.Trim() : _title;
        _count = said.GetProperty("count").ValueKind == JsonValueKind.Number ? said.GetProperty("count").GetInt32() : _count;
        if (said.GetProperty("url").GetString() is { Length: > 0 } url && SongLink.LooksLikeLink(url))
            _links.Add(url);
    }
}
