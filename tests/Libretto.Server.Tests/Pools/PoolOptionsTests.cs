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
        Assert.Contains(variable, Assert.ThrowsAny<LibrettoException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    private static PoolOptions Read(params (string Name, string Value)[] variables) =>
        ServerSettings.Read(environment: name => variables.FirstOrDefault(variable => variable.Name == name).Value).Pool;
}
