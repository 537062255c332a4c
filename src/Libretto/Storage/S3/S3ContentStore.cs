using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace Libretto.Storage.S3;

/// <summary>
/// Content as objects of an S3 bucket: AWS, R2, MinIO and their kin. What is known of content lies beside its bytes, as the
/// object's metadata; objects without it are not ours and are not seen.
/// </summary>
internal sealed class S3ContentStore : RemoteContentStore
{
    private const string EntryName = "x-amz-meta-libretto";
    private const int RequestsAtOnce = 16;

    /// <summary>How far the clocks of the service and of whoever stored content may be apart.</summary>
    private static readonly TimeSpan s_clocks = TimeSpan.FromDays(1);

    private readonly S3Options _options;
    private readonly AmazonS3Client _client;
    private readonly TransferUtility _transfer;

    public S3ContentStore(S3Options options, string spoolFolder, TimeProvider time)
        : base(spoolFolder, time)
    {
        _options = options;
        _client = CreateClient(options);
        _transfer = new TransferUtility(_client, new TransferUtilityConfig { MinSizeBeforePartUpload = options.PartBytes });
    }

    public override string Name => "s3";

    private string Label => $"The bucket {_options.Bucket}";

    // Signing every chunk is dear and R2 does not know it; where TLS guards the bytes it adds nothing.
    private bool DisablePayloadSigning => _options.Endpoint?.Scheme != Uri.UriSchemeHttp;

    public override Task<StoredContent?> FindAsync(string key, CancellationToken cancellationToken = default) => GuardAsync(
        async () =>
        {
            try
            {
                var answer = await _client.GetObjectMetadataAsync(_options.Bucket, ObjectOf(key), cancellationToken);
                return EntryIn(answer.Metadata);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    public override async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        // S3 does not say whether there was anything.
        var existed = await FindAsync(key, cancellationToken) is not null;
        await GuardAsync(() => _client.DeleteObjectAsync(_options.Bucket, ObjectOf(key), cancellationToken), cancellationToken);
        return existed;
    }

    public override async IAsyncEnumerable<StoredContent> ListAsync(
        string prefix = "", DateTimeOffset? before = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = _options.Prefix + prefix };
        do
        {
            var page = await GuardAsync(() => _client.ListObjectsV2Async(request, cancellationToken), cancellationToken);
            var keys = (page.S3Objects ?? []).Where(item => !(item.LastModified?.ToUniversalTime() >= before?.UtcDateTime + s_clocks))
                .Select(item => item.Key[_options.Prefix.Length..]).Where(ContentKey.IsKey);
            // A listing does not hold metadata: each of the contents that are wanted is asked for.
            foreach (var some in keys.Chunk(RequestsAtOnce))
                foreach (var content in await Task.WhenAll(some.Select(key => FindAsync(key, cancellationToken))))
                    if (content is not null && !(content.StoredAt >= before))
                        yield return content;
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    public override async Task<Uri?> LinkAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default) =>
        !_options.HasLinks ? null : new Uri(await GuardAsync(
            () => _client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
            {
                BucketName = _options.Bucket,
                Key = ObjectOf(key),
                Expires = Time.GetUtcNow().UtcDateTime + lifetime,
                Protocol = _options.Endpoint?.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
            }),
            cancellationToken));

    public override async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        var probe = new PutObjectRequest
        {
            BucketName =
                _options.Bucket, Key = _options.Prefix + "check", ContentBody = "libretto", DisablePayloadSigning = DisablePayloadSigning,
        };
        await GuardAsync(() => _client.PutObjectAsync(probe, cancellationToken), cancellationToken);
    }

    protected override async Task SendAsync(StoredContent content, SpooledContent spooled, CancellationToken cancellationToken)
    {
        await using var file = spooled.OpenRead();
        var upload = new TransferUtilityUploadRequest
        {
            BucketName = _options.Bucket,
            Key = ObjectOf(content.Key),
            InputStream = file,
            AutoCloseStream = false,
            ContentType = content.Description.ContentType,
            PartSize = _options.PartBytes,
            DisablePayloadSigning = DisablePayloadSigning,
        };
        upload.Metadata[EntryName] = JsonSerializer.Serialize(content, StorageJson.Default.StoredContent);
        await GuardAsync(
            async () =>
            {
                await _transfer.UploadAsync(upload, cancellationToken);
                return content;
            },
            cancellationToken);
    }

    protected override async Task<Stream> ReadAsync(StoredContent content, long from, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest
        {
            BucketName = _options.Bucket, Key = ObjectOf(content.Key), ByteRange = from > 0
                ? new ByteRange(from, content.Length - 1) : null,
        };
        var answer = await GuardAsync(() => _client.GetObjectAsync(request, cancellationToken), cancellationToken);
        if (EntryIn(answer.Metadata)?.Sha256 == content.Sha256)
            return answer.ResponseStream;
        answer.Dispose();
        throw StorageException.Unreachable(Label, "the content was replaced while it was read");
    }

    protected override void Dispose(bool disposing)
    {
        _transfer.Dispose();
        _client.Dispose();
        base.Dispose(disposing);
    }

    private static AmazonS3Client CreateClient(S3Options options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.UsesPathStyle,
            MaxErrorRetry = options.Retries,
            Timeout = TimeSpan.FromMinutes(5),
            // Content is checked by its own hash; many services do not know the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
            (config.ServiceURL, config.AuthenticationRegion, config.UseHttp) = (
                endpoint.AbsoluteUri, options.Region, endpoint.Scheme == Uri.UriSchemeHttp);
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        return options switch
        {
            { AccessKey: null } => new AmazonS3Client(config),
            { SessionToken: { } token } => new AmazonS3Client(options.AccessKey, options.SecretKey, token, config),
            _ => new AmazonS3Client(options.AccessKey, options.SecretKey, config),
        };
    }

    private string ObjectOf(string key) => _options.Prefix + ContentKey.Check(key);

    private static StoredContent? EntryIn(MetadataCollection metadata)
    {
        try
        {
            return metadata[EntryName] is { } json ? JsonSerializer.Deserialize(json, StorageJson.Default.StoredContent) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request();
        }
        catch (AmazonServiceException e)
        {
            throw S3Errors.Of(e, Label);
        }
        catch (Exception e) when (
            e is AmazonClientException or HttpRequestException or IOException or TimeoutException ||
            (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw e is AmazonClientException && _options.AccessKey is null
                ? StorageException.NoKeys(Label, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
                : StorageException.Unreachable(Label, e.GetBaseException().Message, e);
        }
    }
}
