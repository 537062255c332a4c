using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Lyrics;

namespace Libretto.Acquire;

/// <summary>Lyrics of a recording, as they are given to a library of lyrics.</summary>
/// <param name="Title">The recording's title.</param>
/// <param name="Artist">Who performs it.</param>
/// <param name="Album">The album it is on.</param>
/// <param name="Duration">Its length in seconds.</param>
/// <param name="Lyrics">The lyrics; without lines for an instrumental.</param>
public sealed record PublishedLyrics(string Title, string Artist, string Album, double Duration, LyricsDocument Lyrics)
{
    /// <summary>The body of the request, as LRCLIB's API wants it.</summary>
    internal PublishRequest Body() => new(
        Title, Artist, Album, Math.Round(Duration),
        Lyrics.Lines.Count == 0 ? "" : LyricsFormats.PlainText.Write(Lyrics).TrimEnd('\n'),
        Lyrics.Lines.Count == 0 || !Lyrics.IsTimed ? "" : LyricsFormats.Lrc.Write(Lyrics).TrimEnd('\n'),
        Lyrics.Lines.Count == 0 || !Lyrics.IsTimed ? null : LyricsFormats.Lyricsfile.Write(Lyrics));

    /// <summary>What would be sent, to be read by people.</summary>
    public string Preview() => JsonSerializer.Serialize(Body(), PublishJson.Readable.PublishRequest);
}

/// <summary>
/// Gives lyrics to LRCLIB's library or one that speaks its API (lrclib.net/docs), which asks for some work first, so that nobody does it by
/// the thousand.
/// </summary>
public sealed class LyricsPublisher
{
    /// <summary>Attempts between two looks at whether to stop.</summary>
    private const int Batch = 1 << 14;

    private readonly Func<HttpClient> _http;
    private readonly Uri _address;
    private readonly string _userAgent;

    internal LyricsPublisher(Func<HttpClient> http, Uri address, string? contact) =>
        (_http, _address, _userAgent) = (http, address, UserAgent.Of(contact));

    /// <summary>Where lyrics go.</summary>
    public string Host => _address.Authority;

    /// <summary>Publishes lyrics.</summary>
    /// <param name="lyrics">The lyrics and their recording.</param>
    /// <param name="cancellationToken">Stops the work at once; nothing is published then.</param>
    /// <exception cref="AcquireException">
    /// The library does not answer (<c>publish_failed</c>) or refuses (<c>publish_refused</c>).
    /// </exception>
    public async Task PublishAsync(PublishedLyrics lyrics, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lyrics);
        try
        {
            using var asked = await SendAsync("request-challenge", null, null, cancellationToken);
            var challenge = await ReadAsync(asked, cancellationToken);
            var nonce = await Task.Run(() => Solve(challenge, cancellationToken), cancellationToken);
            using var answer = await SendAsync("publish", JsonContent.Create(lyrics.Body(), PublishJson.Default.PublishRequest),
                $"{challenge.Prefix}:{nonce}", cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw Refused(answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or FormatException ||
            (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new AcquireException(ErrorKind.Failed, "publish_failed",
                $"The lyrics were not published: {_address.Host} cannot be reached or answers nonsense. Try again later.",
                isTransient: true, e);
        }
    }

    /// <summary>The first number whose digits after the prefix have a SHA-256 of at most the target.</summary>
    internal static long Solve(PublishChallenge challenge, CancellationToken cancellationToken)
    {
        var target = Convert.FromHexString(challenge.Target);
        if (target.Length != SHA256.HashSizeInBytes)
            throw new FormatException("A target has 32 bytes.");
        var prefix = Encoding.UTF8.GetBytes(challenge.Prefix);
        var (workers, found) = (Environment.ProcessorCount, -1L);
        Parallel.For(0, workers, new ParallelOptions { CancellationToken = cancellationToken }, worker =>
        {
            Span<byte> text = stackalloc byte[prefix.Length + 20], hash = stackalloc byte[SHA256.HashSizeInBytes];
            prefix.CopyTo(text);
            for (long nonce = worker, count = 0; Volatile.Read(ref found) < 0; nonce += workers, count++)
            {
                if (count % Batch == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                nonce.TryFormat(text[prefix.Length..], out var digits, provider: CultureInfo.InvariantCulture);
                SHA256.HashData(text[..(prefix.Length + digits)], hash);
                if (hash.SequenceCompareTo(target) <= 0)
                    Volatile.Write(ref found, nonce);
            }
        });
        return found;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, HttpContent? body, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path)) { Content = body };
        request.Headers.UserAgent.ParseAdd(_userAgent);
        if (token is not null)
            request.Headers.Add("X-Publish-Token", token);
        return await _http().SendAsync(request, cancellationToken);
    }

    private static async Task<PublishChallenge> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        answer.EnsureSuccessStatusCode();
        var challenge = await answer.Content.ReadFromJsonAsync(PublishJson.Default.PublishChallenge, cancellationToken);
        return challenge is { Prefix.Length: > 0 and < 200, Target.Length: > 0 } ? challenge : throw new JsonException("no challenge");
    }

    private AcquireException Refused(HttpStatusCode status, string said) => new(
        ErrorKind.Failed, "publish_refused",
        $"{_address.Host} refused the lyrics ({(int)status}): {said[..Math.Min(said.Length, 200)].ReplaceLineEndings(" ")}",
        isTransient: (int)status >= 500);
}

/// <summary>The work that is asked for.</summary>
/// <param name="Prefix">What the number is put after.</param>
/// <param name="Target">The greatest hash that will do, in hexadecimal.</param>
internal sealed record PublishChallenge(string Prefix, string Target);

/// <summary>The body of a publication.</summary>
internal sealed record PublishRequest(
    string TrackName, string ArtistName, string AlbumName, double Duration, string PlainLyrics, string SyncedLyrics, string? Lyricsfile);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PublishChallenge))]
[JsonSerializable(typeof(PublishRequest))]
internal sealed partial class PublishJson : JsonSerializerContext
{
    /// <summary>For people: indented, with all letters as they are.</summary>
    public static PublishJson Readable => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
