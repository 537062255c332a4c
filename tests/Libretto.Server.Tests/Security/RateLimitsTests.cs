using Libretto.Server.Security;

namespace Libretto.Server.Tests.Security;

public class RateLimitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(59)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(119)]
    [InlineData(150)]
    [InlineData(600)]
    public void As_many_requests_a_minute_are_let_in_as_the_setting_says(int perMinute)
    {
        var bucket = RateLimits.Bucket(perMinute);

        Assert.Equal(perMinute, bucket.TokensPerPeriod * (TimeSpan.FromMinutes(1) / bucket.ReplenishmentPeriod), precision: 2);
    }
}
