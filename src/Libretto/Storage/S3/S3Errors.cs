using Amazon.Runtime;

namespace Libretto.Storage.S3;

/// <summary>What an S3 service's answers mean for whoever set the store up.</summary>
internal static class S3Errors
{
    private const string CheckKeys =
        "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that the key may list, read, write and delete there.";

    public static StorageException Of(AmazonServiceException e, string store) => (e.ErrorCode, (int)e.StatusCode) switch
    {
        ("NoSuchBucket", _) => StorageException.NotThere(store, "Make it, or correct LIBRETTO_STORE.", e),
        ("RequestTimeTooSkewed", _) => StorageException.Refused(store, "this machine's clock is wrong", "Set the clock.", e),
        ("PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException", _) or (_, 301 or 307) =>
            StorageException.Refused(store, "it lies in another region", "Add ?region=... to LIBRETTO_STORE.", e),
        ("ExpiredToken" or "TokenRefreshRequired" or "RequestExpired", _) =>
            StorageException.Refused(store, "the key's time is over",
                "Renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.", e),
        ("InvalidToken" or "InvalidAccessKeyId" or "SignatureDoesNotMatch", _) => StorageException.Refused(store, Words(e), CheckKeys, e),
        (_, 401 or 403) => StorageException.Refused(store, Words(e), CheckKeys, e),
        ("SlowDown" or "Slow Down" or "TooManyRequestsException" or "RequestLimitExceeded" or "ThrottlingException", _) or (_, 429) =>
            StorageException.Busy(store, "", e),
        (_, >= 500 or 0) => StorageException.Unreachable(store, Words(e), e),
        _ => StorageException.Refused(store, Words(e), "Check LIBRETTO_STORE.", e),
    };

    private static string Words(AmazonServiceException e) => string.IsNullOrEmpty(e.ErrorCode) ? $"it answered {(int)e.StatusCode}"
        : $"{e.ErrorCode}: {e.Message}";
}
