using Libretto.Server.Pools;

namespace Libretto.Server.Tests.Pools;

public class PoolOptionsTests
{
    [Fact]
    public void Nothing_set_is_no_pool()
    {
        Assert.Null(Read().Place);
        Assert.Null(Read(("LIBRETTO_POOL", "none")).Place);
    }

    [Fact]
    public void A_pool_with_its_limits()
    {
        var options = Read(("LIBRETTO_POOL", "fly://songs"), ("FLY_API_TOKEN", "very-secret"), ("LIBRETTO_POOL_MIN", "1"), ("LIBRETTO_POOL_MAX", "9"), ("LIBRETTO_POOL_COOLDOWN_SECONDS", "90"));

        Assert.Equal((1, 9, TimeSpan.FromSeconds(90)), (options.Limits.Min, options.Limits.Max, options.Limits.CoolDown));
        Assert.DoesNotContain("very-secret", options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LIBRETTO_POOL", "kubernetes", "LIBRETTO_POOL")]
    [InlineData("LIBRETTO_POOL", "fly://songs", "FLY_API_TOKEN")]
    [InlineData("LIBRETTO_POOL", "https://host.example/start", "LIBRETTO_POOL_SECRET")]
    [InlineData("LIBRETTO_POOL_MAX", "many", "LIBRETTO_POOL_MAX")]
    [InlineData("LIBRETTO_POOL_MIN", "5", "LIBRETTO_POOL_MIN")]
    public void Nonsense_is_named(string name, string value, string variable) =>
        Assert.Contains(variable, Assert.Throws<ServerException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1.5h", 5400)]
    public void Times_have_units(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), ServerOptions.ParseTime("--idle-exit", text));

    [Theory]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("soon")]
    public void A_time_that_is_none_is_refused(string text) => Assert.Throws<ServerException>(() => ServerOptions.ParseTime("--idle-exit", text));

    private static PoolOptions Read(params (string Name, string Value)[] variables) =>
        PoolOptions.FromEnvironment(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
