using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Libretto.Storage.Cloudinary;

/// <summary>
/// Requests to Cloudinary. After it has said that an hour's calls of the admin API are used up, none of those is sent until the time it
/// named; uploads and delivery are not counted so and go on.
/// </summary>
internal sealed class CloudinaryApi(HttpClient http, CloudinaryOptions options, TimeProvider time)
{
    private static readonly TimeSpan PauseUntold = TimeSpan.FromMinutes(1);
    private readonly CloudinarySigner _signer = new(options);
    private readonly Limit _admin = new();
    private readonly Limit _upload = new();

    public string Label => $"The cloud {options.Cloud}";

    public CloudinarySigner Signer => _signer;

    /// <summary>A call of the upload API, signed.</summary>
    /// <param name="path">Such as <c>video/upload</c>.</param>
    /// <param name="parameters">What is signed.</param>
    /// <param name="file">The part <c>file</c>; none when null.</param>
    /// <param name="configure">More headers.</param>
    /// <param name="type">What it answers.</param>
    /// <param name="ct">Stops the call.</param>
    public async Task<T> PostAsync<T>(
        string path, Dictionary<string, string> parameters, HttpContent? file, Action<HttpRequestMessage>? configure,
        JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in _signer.Sign(parameters, time.GetUtcNow()))
            form.Add(new StringContent(value), $"\"{name}\"");
        if (file is not null)
            form.Add(file, "\"file\"", "\"content\"");
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiAddress(path)) { Content = form };
        configure?.Invoke(request);
        using var answer = await CallAsync(request, _upload, ct);
        return await ReadAsync(answer, type, ct);
    }

    /// <summary>A question to the admin API, whose calls are few an hour; the default when there is no such thing.</summary>
    public async Task<T?> AskAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ApiAddress(path));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Key}:{options.Secret}")));
        using var answer = await CallAsync(request, _admin, ct);
        return answer.StatusCode == HttpStatusCode.NotFound ? default : await ReadAsync(answer, type, ct);
    }

    /// <summary>Asks a delivery address; null when nothing is there.</summary>
    public async Task<HttpResponseMessage?> FetchAsync(HttpMethod method, string resourceType, string publicId, long from,
        CancellationToken ct)
    {
        using var request = new HttpRequestMessage(
            method, new Uri(options.Delivery, $"{options.Cloud}/{resourceType}/authenticated/{_signer.SignAddress(publicId)}/{publicId}"));
        if (from > 0)
            request.Headers.Range = new RangeHeaderValue(from, null);
        var answer = await SendAsync(request, ct);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            answer.Dispose();
            return null;
        }
        if (answer.IsSuccessStatusCode && (from == 0 || answer.StatusCode == HttpStatusCode.PartialContent))
            return answer;
        using (answer)
            throw await ErrorAsync(answer, null, ct);
    }

    public Uri ApiAddress(string path) => new(options.Api, $"v1_1/{options.Cloud}/{path}");

    private async Task<HttpResponseMessage> CallAsync(HttpRequestMessage request, Limit limit, CancellationToken ct)
    {
        if (time.GetUtcNow() < limit.Until)
            throw Limited(limit);
        var answer = await SendAsync(request, ct);
        // The last call allowed succeeds, and says so.
        if (Header(answer, "X-FeatureRateLimit-Remaining") == "0")
            limit.Until = ResetOf(answer);
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound)
            return answer;
        using (answer)
            throw await ErrorAsync(answer, limit, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw StorageException.Unreachable(Label, e.Message, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw StorageException.Unreachable(Label, "it did not answer in time", e);
        }
    }

    private async Task<StorageException> ErrorAsync(HttpResponseMessage answer, Limit? limit, CancellationToken ct)
    {
        var message = await MessageAsync(answer, ct);
        switch ((int)answer.StatusCode)
        {
            case 420 or 429:
                limit ??= new Limit();
                limit.Until = ResetOf(answer);
                return Limited(limit);
            case 401 when message.Contains("cloud_name", StringComparison.OrdinalIgnoreCase):
                return StorageException.NotThere(Label, "Correct LIBRETTO_STORE.");
            case 400 or 401 when message.Contains("Stale request", StringComparison.OrdinalIgnoreCase):
                return StorageException.Refused(Label, "this machine's clock is wrong", "Set the clock.");
            case 401 or 403:
                return StorageException.Refused(Label, "the key, its secret or the signature is wrong",
                    "Check CLOUDINARY_API_KEY and CLOUDINARY_API_SECRET.");
            case >= 500 or 408:
                return StorageException.Unreachable(Label, $"it answered {(int)answer.StatusCode}");
            default:
                return StorageException.Refused(Label, message, "Check LIBRETTO_STORE.");
        }
    }

    /// <summary>What the error says; a wrong signature is answered with what should have been signed, which is nobody's business.</summary>
    private static async Task<string> MessageAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (Header(answer, "X-Cld-Error") is { } told)
            return told;
        try
        {
            var error = await JsonSerializer.DeserializeAsync(await answer.Content.ReadAsStreamAsync(ct),
                CloudinaryJson.Default.CloudinaryError, ct);
            return error?.Error?.Message?.Split(". String to sign")[0] ?? $"it answered {(int)answer.StatusCode}";
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            return $"it answered {(int)answer.StatusCode}";
        }
    }

    private async Task<T> ReadAsync<T>(
        HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken ct)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(await answer.Content.ReadAsStreamAsync(ct), type, ct)
                ?? throw StorageException.Unreachable(Label, "its answer was empty");
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            throw StorageException.Unreachable(Label, "its answer could not be read", e);
        }
    }

    private DateTimeOffset ResetOf(HttpResponseMessage answer) =>
        DateTimeOffset.TryParse(Header(answer, "X-FeatureRateLimit-Reset"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var reset) ? reset
        : answer.Headers.RetryAfter?.Delta is { } delta ? time.GetUtcNow() + delta
        : time.GetUtcNow() + PauseUntold;

    private StorageException Limited(Limit limit)
    {
        var until = $" until {limit.Until.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC";
        return limit == _admin ? StorageException.QuestionsLimited(Label, until) : StorageException.Busy(Label, until);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Until when calls of a kind are refused.</summary>
    private sealed class Limit
    {
        private long _until;

        public DateTimeOffset Until
        {
            get => new(Interlocked.Read(ref _until), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _until, value.UtcTicks);
        }
    }
}
