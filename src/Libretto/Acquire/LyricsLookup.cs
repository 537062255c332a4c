using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Align;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Acquire;

/// <summary>Looks up what others wrote down of a song, in LRCLIB's library or one that speaks its API (lrclib.net/docs).</summary>
internal sealed class LyricsLookup
{
    /// <summary>What <c>method.lyrics.source</c> says of lyrics found here.</summary>
    public const string Source = "lrclib";

    /// <summary>Recordings whose lengths differ by more, in seconds, are not the same.</summary>
    internal const double SameLength = 2;

    private readonly Func<HttpClient> _http;
    private readonly Uri _address;
    private readonly string _userAgent;

    /// <param name="http">Gives a client.</param>
    /// <param name="address">The API's address, such as <c>https://lrclib.net/api/</c>.</param>
    /// <param name="contact">Where its operators may reach ours, as they ask for; null where nobody says.</param>
    public LyricsLookup(Func<HttpClient> http, Uri address, string? contact = null) =>
        (_http, _address, _userAgent) = (http, address, UserAgent.Of(contact));

    /// <summary>Finds the lyrics of a recording.</summary>
    /// <param name="song">What is known of it.</param>
    /// <param name="cancellationToken">Ends the search at once.</param>
    /// <returns>Those of a recording of the same name, artist and length, such with times first; null when none are known.</returns>
    /// <exception cref="AcquireException">The library does not answer, or answers nonsense (<c>lyrics_lookup_failed</c>).</exception>
    public async Task<FoundLyrics?> FindAsync(WantedLyrics song, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(song);
        try
        {
            return await GetAsync(song, cancellationToken) ?? await SearchAsync(song, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw Failed(e.StatusCode is { } status ? $"it answered {(int)status}" : "it cannot be reached", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed("it did not answer in time", e);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw Failed("its answer cannot be read", e);
        }
    }

    private async Task<FoundLyrics?> GetAsync(WantedLyrics song, CancellationToken cancellationToken)
    {
        var query = Query(song) + (song.Album is { } album ? "&album_name=" + Uri.EscapeDataString(album) : "")
            + string.Create(CultureInfo.InvariantCulture, $"&duration={Math.Round(song.Duration)}");
        using var answer = await AskAsync("get?" + query, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        answer.EnsureSuccessStatusCode();
        var record = await answer.Content.ReadFromJsonAsync(LrclibJson.Default.LrclibRecord, cancellationToken);
        return record is not null && IsThis(song, record) ? Read(record) : null;
    }

    private async Task<FoundLyrics?> SearchAsync(WantedLyrics song, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync("search?" + Query(song), cancellationToken);
        answer.EnsureSuccessStatusCode();
        var records = await answer.Content.ReadFromJsonAsync(LrclibJson.Default.LrclibRecordArray, cancellationToken) ?? [];
        return records
            .Where(record => record is not null && IsThis(song, record) && IsNamed(song.Title, record.TrackName) &&
                IsNamed(song.Artist, record.ArtistName))
            .Select(record => (Found: Read(record), Distance: Math.Abs(record.Duration - song.Duration)))
            .Where(pair => pair.Found is not null)
            .OrderBy(pair => pair.Found!.IsInstrumental ? 2 : pair.Found.IsSynced ? 0 : 1).ThenBy(pair => pair.Distance)
            .Select(pair => pair.Found)
            .FirstOrDefault();
    }

    private async Task<HttpResponseMessage> AskAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, path));
        request.Headers.UserAgent.ParseAdd(_userAgent);
        request.Headers.Accept.ParseAdd("application/json");
        return await _http().SendAsync(request, cancellationToken);
    }

    private static string Query(WantedLyrics song) =>
        $"track_name={Uri.EscapeDataString(song.Title)}&artist_name={Uri.EscapeDataString(song.Artist)}";

    private static bool IsThis(WantedLyrics song, LrclibRecord record) => Math.Abs(record.Duration - song.Duration) <= SameLength;

    /// <summary>
    /// Whether two names are one: letters and digits alike, or the longer only adds to the shorter, as "(Remastered)" does.
    /// </summary>
    private static bool IsNamed(string wanted, string? found)
    {
        var (a, b) = (Letters(wanted), Letters(found ?? ""));
        return a.Length > 0 && b.Length > 0 && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal));
    }

    private static string Letters(string name) => string.Concat(
        Accents.Compose(name.ToLowerInvariant()).SelectMany(letter => Accents.Spellings(letter).Last()).Where(char.IsLetterOrDigit));

    private static FoundLyrics? Read(LrclibRecord record)
    {
        if (record.Instrumental == true)
            return new FoundLyrics(new LyricsDocument { Duration = record.Duration, Lines = [] }, false, record.TrackName ?? "",
                record.ArtistName ?? "");
        var synced = Read(record.SyncedLyrics, LyricsFormats.Lrc) is { IsTimed: true } timed ? timed : null;
        var lyrics = synced ?? Read(record.PlainLyrics, LyricsFormats.PlainText);
        return lyrics is null ? null : new FoundLyrics(lyrics, synced is not null, record.TrackName ?? "", record.ArtistName ?? "");
    }

    private static LyricsDocument? Read(string? text, ILyricsFormat format)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            return LyricsReader.Read(text, "found" + format.Extension).Document is { Lines.Count: > 0 } lyrics ? lyrics : null;
        }
        catch (LyricsFormatException)
        {
            // Anyone may add to the library.
            return null;
        }
    }

    private AcquireException Failed(string why, Exception inner) => new(
        ErrorKind.Failed,
        "lyrics_lookup_failed",
        $"Lyrics cannot be looked up at {_address.Host}: {why}. Leave out '--lyrics auto', or try again later.",
        isTransient: true,
        inner);
}

/// <summary>The recording whose lyrics are wanted.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Artist">Who performs it.</param>
/// <param name="Album">The album it is on, if known.</param>
/// <param name="Duration">Its length in seconds.</param>
internal sealed record WantedLyrics(string Title, string Artist, string? Album, double Duration);

/// <summary>Lyrics that were found.</summary>
/// <param name="Lyrics">The words, with the times of their lines where those are known.</param>
/// <param name="IsSynced">Whether they are.</param>
/// <param name="Title">The recording's title there.</param>
/// <param name="Artist">Its artist there.</param>
internal sealed record FoundLyrics(LyricsDocument Lyrics, bool IsSynced, string Title, string Artist)
{
    /// <summary>Whether the library says that nothing is sung.</summary>
    public bool IsInstrumental => Lyrics.Lines.Count == 0;
}

/// <summary>A record as LRCLIB's API gives it.</summary>
internal sealed record LrclibRecord
{
    public string? TrackName { get; init; }

    public string? ArtistName { get; init; }

    public double Duration { get; init; }

    public bool? Instrumental { get; init; }

    public string? PlainLyrics { get; init; }

    public string? SyncedLyrics { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LrclibRecord))]
[JsonSerializable(typeof(LrclibRecord[]))]
internal sealed partial class LrclibJson : JsonSerializerContext;
