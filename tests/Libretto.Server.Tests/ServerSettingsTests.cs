using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests;

/// <summary>The server's settings: where they come from, what they may say, and that the docs say the same.</summary>
public sealed class ServerSettingsTests
{
    [Fact]
    public void Every_setting_is_in_the_docs_as_it_is_in_the_table()
    {
        var docs = File.ReadAllText(Repository.File("docs", "server.md"));
        foreach (var setting in ServerSettings.All)
        {
            var flag = setting.Flag is null ? "" : $"`{setting.Flag}`";
            Assert.Contains($"| `{setting.Variable}` | {flag} | {setting.Default} | {setting.Description} |\n", docs, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_flag_wins_over_the_environment()
    {
        var options = ServerSettings.Read(
            new Dictionary<string, string> { ["--role"] = "worker", ["--lanes"] = "io,compute" },
            Variables(("LIBRETTO_ROLE", "api"), ("LIBRETTO_URLS", "http://127.0.0.1:1;http://127.0.0.1:2"), ("LIBRETTO_MAX_UPLOAD_MB", "1.5"), ("LIBRETTO_DATA", "")));

        Assert.Equal("worker", options.Role);
        Assert.Equal(["io", "compute"], options.Lanes!);
        Assert.Equal(2, options.Urls!.Count);
        Assert.Equal(1_500_000, options.MaxUploadBytes);
        Assert.NotEqual("", options.DataFolder);
    }

    [Fact]
    public void Without_anything_set_every_default_holds()
    {
        var options = ServerSettings.Read(environment: _ => null);
        Assert.Equivalent(new ServerOptions { DataFolder = options.DataFolder }, options);
    }

    [Theory]
    [InlineData("LIBRETTO_ROLE", "boss", "choose one of api, worker, all")]
    [InlineData("LIBRETTO_LANES", "io,fast", "choose one of io, compute")]
    [InlineData("LIBRETTO_COMPUTE_WORKERS", "1.5", "give a whole number from 1 to 64")]
    [InlineData("LIBRETTO_MAX_MINUTES", "long", "give a number from 0.1")]
    [InlineData("LIBRETTO_MAX_MINUTES", "1e9", "give a number from 0.1")]
    [InlineData("LIBRETTO_TAKEOVER_SECONDS", "1", "give a number from 2 to 3600")]
    [InlineData("LIBRETTO_CORS_ORIGINS", "https://songs.example/page", "give origins such as")]
    [InlineData("LIBRETTO_LOG", "loud", "choose one of text, json, warning, debug")]
    [InlineData("LIBRETTO_IDLE_EXIT", "5", "give a time such as")]
    [InlineData("LIBRETTO_IDLE_EXIT", "-5m", "give a time such as")]
    [InlineData("LIBRETTO_IDLE_EXIT", "soon", "give a time such as")]
    [InlineData("FLY_API_HOSTNAME", "machines", "give a web address")]
    public void Nonsense_is_named_with_what_is_expected(string variable, string value, string expected)
    {
        var error = Assert.ThrowsAny<LibrettoException>(() => ServerSettings.Read(environment: Variables((variable, value))));
        Assert.Equal("setting_invalid", error.Code);
        Assert.Contains(variable, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1.5h", 5400)]
    public void Times_have_units(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ServerSettings.Read(environment: Variables(("LIBRETTO_IDLE_EXIT", text))).IdleExit);

    [Fact]
    public void Variables_that_are_misspelt_are_found() =>
        Assert.Equal(["LIBRETTO_MAX_MINUTE"], ServerSettings.Unknown(["PATH", "LIBRETTO_MAX_MINUTE", "LIBRETTO_MAX_MINUTES", "LIBRETTO_MODELS", "LIBRETTO_CONFIG"]));

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
