using System.Globalization;
using System.Threading.RateLimiting;
using Libretto.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Security;

/// <summary>So many requests a minute for each API key; none are counted where no keys are in use.</summary>
internal static class RateLimits
{
    public static void AddTo(IServiceCollection services, ServerOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<Microsoft.AspNetCore.Http.HttpContext, string>(context =>
            context.Features.Get<Caller>() is { KeyId.Length: > 0 } caller
                ? RateLimitPartition.GetTokenBucketLimiter(caller.KeyId, _ => Bucket(options.RequestsPerMinute))
                : RateLimitPartition.GetNoLimiter(""));
        limiter.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromSeconds(1);
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await Problems.WriteAsync(
                rejected.HttpContext, 429, "too_many_requests",
                $"This key may send {options.RequestsPerMinute} requests a minute. Try again in {seconds} s.");
        };
    });

    /// <summary>As many at once as in a minute, and one more each time its share of the minute has passed.</summary>
    internal static TokenBucketRateLimiterOptions Bucket(int perMinute) => new()
    {
        TokenLimit = perMinute,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
        QueueLimit = 0,
    };
}
