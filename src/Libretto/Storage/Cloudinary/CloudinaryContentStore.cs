using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace Libretto.Storage.Cloudinary;

/// <summary>
/// Content at Cloudinary, by its REST API: sound as <c>video</c>, as they call it, the rest as <c>raw</c>. It is of the type
/// <c>authenticated</c>: nobody can fetch it without a signature. Whether something is there is asked at the delivery address, since
/// the admin API, which knows the metadata, answers few calls an hour; what it told is kept for as long as the content is the same.
/// </summary>
internal sealed class CloudinaryContentStore : RemoteContentStore
{
    private const string Sound = "video";
    private const string Other = "raw";
    private const string DeliveryType = "authenticated";
    private const int LargestPage = 500;
    private static readonly string[] s_resourceTypes = [Other, Sound];

    /// <summary>About 5 MB; then the index begins anew.</summary>
    private const int LargestIndex = 10_000;

    /// <summary>What is known of content, by key and entity tag.</summary>
    private readonly ConcurrentDictionary<(string Key, string Tag), StoredContent> _index = new();

    private readonly CloudinaryOptions _options;
    private readonly CloudinaryApi _api;

    public CloudinaryContentStore(CloudinaryOptions options, HttpClient http, string spoolFolder, TimeProvider time)
        : base(spoolFolder, time)
    {
        _options = options;
        _api = new CloudinaryApi(http, options, time);
    }

    public override string Name => "cloudinary";

    public override async Task<StoredContent?> FindAsync(string key, CancellationToken cancellationToken = default)
    {
        if (await DeliveredAsync(key, cancellationToken) is not { } delivered)
            return null;
        if (delivered.Tag is { } tag && _index.TryGetValue((key, tag), out var known))
            return known;
        var resource = await _api.AskAsync(
            $"resources/{delivered.ResourceType}/{DeliveryType}/{IdOf(key)}?context=true", CloudinaryJson.Default.CloudinaryResource,
            cancellationToken);
        var content = resource is null ? null : CloudinaryContext.Read(key, resource.Bytes, resource.Context?.Custom);
        Remember(content, delivered.Tag);
        return content;
    }

    public override async Task<bool> HoldsAsync(string key, ContentDescription description, CancellationToken cancellationToken = default)
    {
        using var answer = await _api.FetchAsync(HttpMethod.Head, ResourceTypeOf(description), IdOf(ContentKey.Check(key)), 0,
            cancellationToken);
        return answer is not null || await DeliveredAsync(key, cancellationToken) is not null;
    }

    public override async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        ContentKey.Check(key);
        // Delivery may go on for a while after a removal; then the admin API is to be asked.
        foreach (var entry in _index.Keys.Where(entry => entry.Key == key))
            _index.TryRemove(entry, out _);
        var wasThere = false;
        foreach (var resourceType in s_resourceTypes)
        {
            var answer = await _api.PostAsync(
                $"{resourceType}/destroy",
                new Dictionary<string, string> { ["public_id"] = IdOf(key), ["type"] = DeliveryType, ["invalidate"] = "true" },
                file: null, configure: null, CloudinaryJson.Default.CloudinaryResult, cancellationToken);
            wasThere |= answer.Result == "ok";
        }
        return wasThere;
    }

    public override async IAsyncEnumerable<StoredContent> ListAsync(
        string prefix = "", DateTimeOffset? before = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var resourceType in s_resourceTypes)
        {
            var path = $"resources/{resourceType}/{DeliveryType}?context=true&max_results={LargestPage}" +
                $"&prefix={Uri.EscapeDataString(_options.Folder + prefix)}";
            string? cursor = null;
            do
            {
                var page = await _api.AskAsync(
                    cursor is null ? path : $"{path}&next_cursor={Uri.EscapeDataString(cursor)}", CloudinaryJson.Default.CloudinaryPage,
                    cancellationToken);
                foreach (var resource in page?.Resources ?? [])
                    if (CloudinaryContext.Read(resource.PublicId[_options.Folder.Length..], resource.Bytes,
                        resource.Context?.Custom) is { } content && !(content.StoredAt >= before))
                        yield return content;
                cursor = page?.NextCursor;
            }
            while (cursor is not null);
        }
    }

    public override async Task<Uri?> LinkAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default)
    {
        if ((await DeliveredAsync(key, cancellationToken))?.ResourceType is not { } resourceType)
            return null;
        var expires = (Time.GetUtcNow() + lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var parameters = _api.Signer.Sign(
            new Dictionary<string, string> { ["public_id"] = IdOf(key), ["type"] = DeliveryType, ["expires_at"] = expires },
            Time.GetUtcNow());
        var query = string.Join('&', parameters.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return new Uri($"{_api.ApiAddress($"{resourceType}/download")}?{query}");
    }

    public override async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        if (await _api.AskAsync("ping", CloudinaryJson.Default.CloudinaryResult, cancellationToken) is not { Status: "ok" })
            throw StorageException.NotThere(_api.Label, "Correct LIBRETTO_STORE.");
    }

    protected override async Task SendAsync(StoredContent content, SpooledContent spooled, CancellationToken cancellationToken)
    {
        var path = $"{ResourceTypeOf(content.Description)}/upload";
        var parameters = new Dictionary<string, string>
        {
            ["public_id"] = IdOf(content.Key),
            ["type"] = DeliveryType,
            ["overwrite"] = "true",
            ["invalidate"] = "true",
            ["context"] = CloudinaryContext.Write(content),
        };
        await using var file = spooled.OpenRead();
        if (content.Length > _options.LargestPost)
        {
            await SendChunksAsync(path, parameters, file, content.Length, cancellationToken);
            return;
        }
        var stored = await _api.PostAsync(path, parameters, new StreamContent(file), configure: null,
            CloudinaryJson.Default.CloudinaryResult, cancellationToken);
        Remember(CloudinaryContext.Kept(content), stored.Etag);
    }

    protected override async Task<Stream> ReadAsync(StoredContent content, long from, CancellationToken cancellationToken)
    {
        var answer = await _api.FetchAsync(HttpMethod.Get, ResourceTypeOf(content.Description), IdOf(content.Key), from, cancellationToken);
        return answer is not null
            ? await answer.Content.ReadAsStreamAsync(cancellationToken)
            : throw StorageException.Unreachable(_api.Label, "the content was removed while it was read");
    }

    private async Task SendChunksAsync(
        string path, Dictionary<string, string> parameters, Stream file, long length, CancellationToken cancellationToken)
    {
        var upload = Guid.NewGuid().ToString("N");
        var chunk = new byte[_options.ChunkBytes];
        for (long from = 0; from < length;)
        {
            var count = await file.ReadAtLeastAsync(chunk, (int)Math.Min(chunk.Length, length - from),
                cancellationToken: cancellationToken);
            var range = new ContentRangeHeaderValue(from, from + count - 1, length);
            await _api.PostAsync(
                path, parameters, new ByteArrayContent(chunk, 0, count),
                request =>
                {
                    request.Headers.Add("X-Unique-Upload-Id", upload);
                    request.Content!.Headers.ContentRange = range;
                },
                CloudinaryJson.Default.CloudinaryResult, cancellationToken);
            from += count;
        }
    }

    /// <summary>What the delivery address tells; null when nothing is there. A key does not say whether it names sound.</summary>
    private async Task<(string ResourceType, string? Tag)?> DeliveredAsync(string key, CancellationToken cancellationToken)
    {
        var id = IdOf(ContentKey.Check(key));
        var found = await Task.WhenAll(s_resourceTypes.Select(async resourceType =>
        {
            using var answer = await _api.FetchAsync(HttpMethod.Head, resourceType, id, 0, cancellationToken);
            return answer is null ? ((string, string?)?)null : (resourceType, answer.Headers.ETag?.Tag.Trim('"'));
        }));
        return found.FirstOrDefault(one => one is not null);
    }

    private void Remember(StoredContent? content, string? tag)
    {
        if (content is null || string.IsNullOrEmpty(tag))
            return;
        if (_index.Count >= LargestIndex)
            _index.Clear();
        _index[(content.Key, tag)] = content;
    }

    private static string ResourceTypeOf(ContentDescription description) =>
        description.ContentType.StartsWith("audio/", StringComparison.Ordinal) || description.ContentType.StartsWith(
            "video/", StringComparison.Ordinal) ? Sound : Other;

    private string IdOf(string key) => _options.Folder + key;
}
