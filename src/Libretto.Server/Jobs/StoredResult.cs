using System.Text;
using System.Text.Json.Serialization;
using Libretto.Lyrics;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>
/// What came of a song, as the content store keeps it: found there, the same song with the same options needs no worker. It says
/// nothing of whose job made it.
/// </summary>
internal sealed record StoredResult
{
    // Raised when the same input and options would give another result.
    private const string Version = "1";

    public required string DocumentKey { get; init; }
    public string? VocalsKey { get; init; }
    public string? InstrumentalKey { get; init; }
    public string? Title { get; init; }
    public string? Artist { get; init; }
    public string? Language { get; init; }
    public required double Duration { get; init; }
    public string? Method { get; init; }

    /// <summary>Where the result of this input, these lyrics and these options lies.</summary>
    public static string KeyOf(string inputKey, string? lyricsKey, JobOptions options) =>
        ContentKey.Of(StoreFolders.Results, Version, inputKey, lyricsKey ?? "", JobJson.Write(options.Canonical()));

    public static string UrlOf(string jobId) => $"/api/jobs/{jobId}/lyrics.json";

    /// <summary>Stores lyrics under their hash: a result without stems.</summary>
    public static async Task<StoredResult> OfLyricsAsync(IContentStore store, LyricsDocument document, CancellationToken ct)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(LyricsFormats.Json.Write(document)));
        var stored = await store.AddAsync(StoreFolders.Lyrics, json, new ContentDescription(LyricsFormats.Json.MediaType), ct);
        return new StoredResult
        {
            DocumentKey = stored.Key,
            Title = document.Title,
            Artist = document.Artist,
            Language = document.Language,
            Duration = document.Duration,
            Method = document.Method is { Reason: { } reason } method ? $"{method.Engine} ({reason})" : document.Method?.Engine,
        };
    }

    /// <summary>Lyrics as they lie in the store; null when they are gone.</summary>
    /// <exception cref="LyricsFormatException">They are damaged there.</exception>
    public static async Task<LyricsDocument?> FindLyricsAsync(IContentStore store, string documentKey, CancellationToken ct)
    {
        await using var reading = await store.OpenAsync(documentKey, ct);
        if (reading is null)
            return null;
        using var reader = new StreamReader(reading.Stream, Encoding.UTF8);
        return LyricsFormats.Json.Read(await reader.ReadToEndAsync(ct));
    }

    /// <summary>The result of a key with all that it names; null when anything is missing.</summary>
    public static async Task<StoredResult?> FindAsync(IContentStore store, string key, CancellationToken ct)
    {
        if (await store.ReadJsonAsync(key, StoredResultJson.Default.StoredResult, ct) is not { } result)
            return null;
        foreach (var part in new[] { result.DocumentKey, result.VocalsKey, result.InstrumentalKey })
            if (part is not null && await store.FindAsync(part, ct) is null)
                return null;
        return result;
    }
}

/// <summary>As the content store keeps it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredResult))]
internal sealed partial class StoredResultJson : JsonSerializerContext;
